"""What a person does, the same in three engines: stepping, editing, dragging, playing, leaving.

Each part begins on a page of its own, so that what fails in one hides nothing of the others.
"""

import json
import re
from collections.abc import Callable
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from backprop.lessons.own_gradient.choices import Choices
from backprop.lessons.own_gradient.downloads import example_text
from tests.browser.engines.tab import Tab
from tests.browser.watching import WRONGLY_NAMESPACED

pytestmark = [pytest.mark.engines, pytest.mark.charts, pytest.mark.usefixtures("drawn")]

DESK, PHONE = (1440, 900), (450, 844)  # no window of WebKitGTK is narrower
POINTS = """all('.dots .dot').reduce(
  (sum, path) => sum + path.getAttribute('d').split('M').length - 1, 0)"""
OWN = example_text(Choices(example="right"))
# So says htmx of a request that was under way when its page was left. The server is always there.
GIVEN_UP = re.compile("htmx:error: (NetworkError|Load failed|Failed to fetch|Fetch is aborted)")
STEP = "Number(/step (\\d+) of/.exec(text('.explain .eyebrow'))?.[1])"
NEXT = '[aria-keyshortcuts~="ArrowRight"]'
RESTS = "!$('#tick') && !$('#play.playing') && $('#play').getAttribute('aria-label') === 'Play'"
PLAYS = "$('#play').getAttribute('aria-label') === 'Pause'"
EPOCH = "Number(text('#epoch').replaceAll(',', ''))"


def at(tab: Tab, step: int, claim: str) -> None:
    tab.sees(claim, f"{STEP} === {step}")


def stepping(tab: Tab) -> None:
    tab.open("/")
    tab.click('main a[href$="/lessons/network"]')
    tab.comes("/lessons/network")
    at(tab, 1, "A link of the first page opens the walk")
    tab.press("ArrowRight")
    at(tab, 2, "A key goes one step on")
    tab.click(NEXT)
    at(tab, 3, "A click goes one step on")
    tab.click('.phase li a[href$="step=18"]')
    at(tab, 19, "A click on the strip goes there")
    tab.sees("The address says where", "query('step') === '18'")
    tab.back()
    at(tab, 3, "Back goes to the step before")
    tab.reload()
    at(tab, 3, "Reload shows the same step")
    tab.comes("/lessons/network")
    tab.press("ArrowLeft")
    at(tab, 2, "A key goes one step back")
    tab.sees(
        "Every formula is drawn",
        "all('math').filter(each => each.checkVisibility())"
        ".every(each => each.getBoundingClientRect().height > 8)",
    )
    tab.sees("The graph is drawn", "$('#nodes').getBoundingClientRect().width > 400")


def terms(tab: Tab) -> None:
    tab.open("/lessons/network")
    term, note = ".term[data-term=gradient]", "$('#term-gradient').matches(':popover-open')"
    look = f"getComputedStyle($('{term}'))"
    tab.sees("A term is underlined", f"{look}.textDecorationLine === 'underline'")
    tab.sees("It is dotted", f"{look}.textDecorationStyle === 'dotted'")
    tab.hover(term)
    tab.sees("A term explains itself to a pointer", note)
    tab.press("Escape")
    tab.sees("Escape puts the explanation away", f"!{note}")
    tab.hover("h1")
    tab.value(f"$('{term}').focus()")
    tab.sees("A term explains itself to the focus", note)
    tab.press("Escape")
    tab.click(term)
    tab.sees("A term explains itself to a click", note)
    tab.sees("Below it or above it", "$('#term-gradient').getBoundingClientRect().top > 0")


def editing(tab: Tab) -> None:
    tab.open("/lessons/network?step=18&show-more=parameters")
    tab.write("#in-w1_1_1", "0.5")
    tab.sees("What is typed is in the address", "query('w1_1_1') === '0.5'")
    tab.sees("The graph shows it", "text('#n-w1_1_1 .val') === '0.500'")
    tab.sees("The field keeps the focus", "document.activeElement.id === 'in-w1_1_1'")
    tab.write("#in-w1_1_1", "much")
    tab.sees("What is no number is said so", "text('#error-w1_1_1').includes('is not a number')")
    tab.press("Escape")
    tab.sees("Escape takes it back", "!text('#error-w1_1_1')")
    tab.back()
    tab.sees("Back undoes the edit as a whole", "$('#in-w1_1_1').value === '0.15'")
    tab.open("/lessons/network?step=14")
    tab.sees("A slider is there", "$('#slider').value !== ''")
    value = tab.value("$('#slider').value")
    was = f"$('#slider').value === '{value}'"
    tab.drag("#slider", 60)
    tab.sees("A slider is dragged", f"!({was})")
    name = "$('#slider').name"
    tab.sees("Its last value is in the address", f"query({name}) === $('#slider').value")
    tab.back()
    tab.sees("Back undoes the drag as a whole", f"query({name}) === null && {was}")
    tab.drag("#n-w2_1_1", 40)
    tab.sees("A number is dragged in the graph", "text('#n-w2_1_1 .val') === '0.800'")
    tab.sees("It is in the address too", "query('w2_1_1') === '0.8'")


def playing(tab: Tab) -> None:
    tab.open("/lessons/network")
    tab.click("#play")
    tab.sees("Play goes on by itself", f"{STEP} > 2")
    tab.click("#play")
    tab.sees("Pause rests", RESTS)
    tab.holds("After a pause no tick comes", STEP)


def looks(tab: Tab) -> None:
    tab.open("/lessons/network?ask=1&step=19")
    tab.type("+")
    tab.sees("A sign is answered", "text('.ask .reply').startsWith('Right')")
    tab.open("/lessons/network?step=14")
    ground = tab.value("getComputedStyle(document.body).backgroundColor")
    tab.click("#theme")
    tab.sees("The theme changes", "document.documentElement.dataset.theme === 'dark'")
    tab.sees("The page is dark", f"getComputedStyle(document.body).backgroundColor !== '{ground}'")
    tab.reload()
    tab.sees("It is remembered", "document.documentElement.dataset.theme === 'dark'")
    tab.comes("/lessons/network")
    tab.click("#theme")
    tab.click("#take > summary")
    tab.click('#take [data-copy^="/"]')
    tab.sees(
        "A link is copied, or can be selected",
        "text('#notice').includes('copied') || $('#notice input')?.value === location.href",
    )
    tab.press("Escape")
    tab.click('[aria-keyshortcuts="P"]')
    tab.sees(
        "A projector's page is opened", "document.documentElement.dataset.mode === 'projector'"
    )
    at(tab, 15, "At the same step")
    tab.comes("/lessons/network")
    tab.press("PageDown")
    at(tab, 16, "A remote goes one step on")
    fits = "document.documentElement.scrollHeight <= innerHeight"
    tab.sees("The page is one screen", fits)


def leaving(tab: Tab) -> None:
    tab.open("/lessons/network?step=14")
    tab.site.hold()
    tab.press("ArrowRight")
    tab.site.waiting.wait(20)
    tab.click(".brand")
    tab.sees("Another page is opened meanwhile", "location.pathname === '/'")
    tab.errors()  # some engine may say that the request was given up
    tab.back()
    at(tab, 15, "Back shows the page that was left")
    tab.site.let_go()
    tab.sees("It does not say that the server is lost", "$('#offline').hidden")
    tab.comes("/lessons/network")
    tab.press("ArrowRight")
    at(tab, 16, "It goes on")


def typing(tab: Tab) -> None:
    tab.open("/playground")
    tab.write("#in-expression", "sin(x) * y + z^2")
    tab.sees("A typed formula is drawn", "all('#nodes .operation').length === 4")
    tab.sees("It is in the address", "query('expression') === 'sin(x) * y + z^2'")
    tab.write("#in-expression", "(x + ")
    error = "text('#error-expression')"
    tab.sees("An error is said in words", f"{error}.includes('something should follow')")
    tab.sees("The picture stays", "all('#nodes .operation').length === 4")
    tab.write("#in-expression", "(x + 1)")
    tab.sees("It can be mended", f"!{error} && all('#nodes .operation').length === 1")
    tab.open("/lessons/chain-rule?blank=1")
    tab.write("#in-line6", "cos(x^2)")
    tab.press("Enter")
    tab.sees("A slip is named", "text('#line-6 .verdict').includes('is forgotten')")
    tab.write("#in-line6", "cos(x²)·2x")
    tab.press("Enter")
    tab.sees("A blank line is filled", "text('#line-6.solved').includes('Right.')")


def charts(tab: Tab) -> None:
    tab.open("/lessons/gradient?hide=surface&show-more=direction")
    tab.sees("A chart is drawn", "$('#chart-ground .main-svg .contourlayer path')")
    point = tab.value(PLACE.format(x=1, y=2))
    other = tab.value(PLACE.format(x=-1, y=1))
    tab.pointer(point, "down", tab.value(PLACE.format(x=0, y=1)), other, "up")
    tab.sees("A point is dragged", "$('#in-x').value === '-1' && $('#in-y').value === '1'")
    tab.sees("The answer follows", "text('.explain .result output') === '4'")
    tab.value("$('#in-angle').focus()")
    tab.press("ArrowRight")
    tab.sees("The dial is turned by a key", "query('angle') !== null")
    tab.open("/lessons/optimizers?hide=surface&steps=30&step=3")
    tab.sees("The ways are drawn", "all('#ways .head').length === 3")
    tab.click("#play")
    tab.sees("A race plays", "Number(text('#now')) > 4")
    tab.sees("It ends at its last step", "text('#now') === '30' && !$('#play.playing')")


PLACE = """(() => {{
  const el = $('#chart-ground'), {{ xaxis, yaxis }} = el._fullLayout;
  const box = el.getBoundingClientRect();
  return [box.left + xaxis._offset + xaxis.d2p({x}), box.top + yaxis._offset + yaxis.d2p({y})];
}})()"""


def training(tab: Tab) -> None:
    tab.open("/train")
    ink = """all('canvas[data-field]').every(canvas => canvas.getContext('2d')
      .getImageData(0, 0, canvas.width, canvas.height).data.some(byte => byte !== 0))"""
    tab.sees("Every map has ink", ink)
    tab.click("#do-epoch")
    tab.sees("An epoch is trained", f"{EPOCH} === 1")
    tab.click("#play")
    tab.sees("It plays", f"{EPOCH} > 3 && {PLAYS}")
    tab.click("#play")
    tab.sees("It pauses", RESTS)
    tab.holds("After a pause no slice comes", EPOCH)
    tab.click('.pens a[href*="pen=0"]')
    tab.sees("A pen is chosen", "$('#ground[data-pen]')")
    tab.click('button[value="anew"]')
    tab.sees("The plane is cleared", "$('#ground.anew')")
    tab.click("#ground")
    tab.sees("A point is drawn", f"{POINTS} === 1")
    wide, high = tab.painted(".dots")
    assert 4 < wide < 16, f"The point is {wide} pixels wide"
    assert 4 < high < 16, f"The point is {high} pixels high"


def judging(tab: Tab) -> None:
    tab.open("/lessons/find-the-bug?case=2")
    tab.sees("A chart is drawn", "$('#chart-trains .main-svg')")
    tab.type("1")
    tab.sees("A line is judged", "text('.program .answer').includes('ine 1')")
    tab.open("/lessons/gradient-check")
    tab.sees("A gradient is judged", "text('.verdict .big b') === 'Right'")
    tab.click("#slide-nudge")
    tab.sees("Another nudge is measured", "query('nudge') !== null")
    tab.open("/lessons/own-gradient")
    tab.click("#in-given")
    tab.value(f"void ($('#in-given').value = {json.dumps(OWN)})")
    tab.press("Control", "Enter")
    tab.sees("What was brought is judged", "text('.answered .big').startsWith('Right')")


def in_class(tab: Tab) -> None:
    tab.resize(*PHONE)
    asked = {"do": "change", "scene": "1", "asking": "gradient"}
    opened = urlopen(f"{tab.base_url}/class", b"address=/lessons/network?step%3D14")
    console, code = opened.url, opened.url.split("/")[4]

    def teach(**fields: str) -> None:
        urlopen(console, urlencode(fields).encode()).close()

    teach(**asked)
    teach(do="add", address="/lessons/network?step=5")
    tab.open("/class")
    tab.write("#code", code.lower())
    tab.click(".joining .button")
    tab.sees("It is in", "text('h1') === 'You are in'")
    teach(do="scene", scene="2")
    tab.comes("/lessons/network")
    at(tab, 6, "It goes along")
    tab.sees("Nothing else is there", "!$('header.top').checkVisibility()")
    look = "$('#graph .node.now .body').getBoundingClientRect()"
    tab.sees("What happens now is seen", f"{look}.left >= 0 && {look}.right <= innerWidth")
    tab.click("[data-look-around]")
    tab.sees("It looks around", "$('header.top').checkVisibility()")
    teach(do="scene", scene="1")
    teach(do="ask")
    tab.sees("A question is told of", "text('[data-state]') === 'a question is asked'")
    tab.click("[data-come-back]")
    tab.sees("It is asked", "$('.sign').checkVisibility()")
    tab.sees("Nothing is to scroll", "$('main').scrollHeight <= $('main').clientHeight")
    tab.click(".sign[value=up]")
    for key in "0.741×0.593":
        tab.click(f'[data-key="{key}"]')
    tab.sees("It is read back", "text('#read b') === '= 0.4394'")
    tab.sees("Still nothing is to scroll", "$('main').scrollHeight <= $('main').clientHeight")
    tab.click(".send")
    said = "positive, 0.741 × 0.593 = 0.4394"
    tab.sees("It is sent", f"text('#mine .answer') === '{said}'")
    tab.reload()
    tab.sees("It stays sent", f"text('#mine .answer') === '{said}'")
    teach(do="close")
    teach(do="show", opens="")
    tab.sees("Its slip is named", "text('.two').includes('No σ′ at the output')")
    tab.value("void sessionStorage.clear()")
    tab.open("/")
    tab.resize(*DESK)


PARTS: tuple[Callable[[Tab], None], ...] = (
    stepping,
    terms,
    editing,
    playing,
    looks,
    leaving,
    typing,
    charts,
    judging,
    training,
    in_class,
)


def test_a_person_can_do_the_same_in_every_engine(tab: Tab) -> None:
    complaints = []
    for part in PARTS:
        try:
            part(tab)
            tab.sees("The server is not said to be lost", "$('#offline').hidden")
            wrong = tab.run(WRONGLY_NAMESPACED)
        except Exception as failed:
            wrong = [str(failed) or repr(failed)]
        finally:
            tab.site.let_go()
        wrong += [f"the console says {e}" for e in tab.errors() if not GIVEN_UP.search(e)]
        complaints += [f"{part.__name__}: {each}" for each in wrong]
    assert not complaints, "\n".join([f"in {tab.name}:", *complaints])
