"""Training as it is watched: play, pause, steps and goals, edits on the way, a lost server."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

Open = Callable[..., Page]
SLICE = "playing=1"  # in the address of what a playing page asks for
REACHES = """least => Number(document.getElementById('epoch').textContent.replaceAll(',', ''))
  >= least"""
SHOWN = """() => ({
  epoch: document.getElementById('epoch').textContent,
  digits: [...document.querySelectorAll('#lab [data-exact]')].map(e => e.dataset.exact),
  maps: [...document.querySelectorAll('#lab canvas')].map(e => e.dataset.field),
  lines: [...document.querySelectorAll('.line')].map(e => e.getAttribute('stroke-width')),
  figures: [...document.querySelectorAll('#lab script')].map(e => e.textContent),
  fields: [...document.querySelectorAll('#lab :is(input:not([type=hidden]), select)')].filter(
    e => !e.closest('noscript')).map(e => e.value),
})"""
SEEN_AGAIN = "() => document.dispatchEvent(new Event('visibilitychange'))"


def play(page: Page, epochs: int = 2) -> None:
    """Click play, and watch some epochs go by."""
    so_far = epoch(page)
    page.locator("#play").click()
    goes_on(page, so_far, epochs)


def pause(page: Page) -> None:
    page.locator("#play").click()
    rests(page)


def rests(page: Page) -> None:
    """Expect that nothing plays, and that what is left out while it does is there again."""
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")
    expect(page.locator("#play")).not_to_have_class(re.compile("playing"))
    expect(page.locator("#behind")).to_have_count(1)


def goes_on(page: Page, since: int, epochs: int = 1) -> None:
    page.wait_for_function(REACHES, arg=since + epochs)
    expect(page.locator("#play")).to_have_attribute("aria-label", "Pause")
    expect(page.locator("#play")).to_have_class(re.compile("playing"))


def epoch(page: Page) -> int:
    return int(page.locator("#epoch").inner_text().replace(",", ""))


def loss(page: Page) -> float:
    return float(page.locator("#loss-train").get_attribute("data-exact"))


def slices(page: Page) -> list[str]:
    """Return the list that grows with each slice that the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if SLICE in sent.url else None)
    return asked


@pytest.mark.parametrize("by", ["click", "Space"])
def test_play_moves_epoch_loss_and_maps_and_pause_ends_every_request(open_page: Open, by: str):
    page = open_page("/train")
    before = page.evaluate(SHOWN)
    assert epoch(page) == 0
    rests(page)
    asked = slices(page)

    def press() -> None:
        if by == "click":
            page.locator("#play").click()
        else:
            page.locator("#lab").focus()
            page.keyboard.press("Space")

    press()
    goes_on(page, 0, 3)
    press()
    rests(page)
    seen, sent, url = page.evaluate(SHOWN), len(asked), page.url
    assert sent > 1
    assert seen["digits"] != before["digits"]
    assert seen["maps"][0] == before["maps"][0]  # a feature is what it was
    assert seen["maps"][-1] != before["maps"][-1]
    assert seen["lines"] != before["lines"]
    page.locator("#lab").focus()
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").get_by_role("button", name="Close").click()
    page.locator("#goals summary").click()
    page.locator("#goals summary").click()
    assert (len(asked), page.evaluate(SHOWN), page.url) == (sent, seen, url)


def test_play_that_is_clicked_while_an_answer_is_being_drawn_plays(open_page: Open):
    page = open_page("/train")
    page.evaluate("""() => document.addEventListener('htmx:after:swap',
      () => document.getElementById('play').click(), { once: true })""")
    page.locator("#do-epoch").click()
    goes_on(page, 1, 2)
    pause(page)


def test_a_whole_play_is_one_entry_of_the_history_and_reload_shows_the_same(open_page: Open):
    page = open_page("/train")
    before, entries = page.url, page.evaluate("history.length")
    play(page, 6)
    pause(page)
    after, shown = page.url, page.evaluate(SHOWN)
    assert page.evaluate("history.length") == entries + 1
    page.reload()
    assert page.evaluate(SHOWN) == shown
    page.go_back()
    expect(page).to_have_url(before)
    expect(page.locator("#epoch")).to_have_text("0")
    page.go_forward()
    expect(page).to_have_url(after)
    expect(page.locator("#epoch")).to_have_text(shown["epoch"])
    expect(page.locator("#loss-train")).to_have_attribute("data-exact", shown["digits"][0])


def test_going_back_in_the_history_ends_the_play(open_page: Open):
    page = open_page("/train")
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    rests(page)
    url = page.url
    play(page)
    page.go_back()
    expect(page).to_have_url(url)
    expect(page.locator("#epoch")).to_have_text("1")
    rests(page)
    asked = slices(page)
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("2")
    assert asked == []


def test_a_learning_rate_typed_while_it_plays_takes_effect_and_it_goes_on(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer")
    play(page)
    field = page.locator("#in-learning_rate")
    for rate in ("0.05", "0.002"):
        so_far = epoch(page)
        field.fill(rate)
        expect(page.locator(".curves .hint")).to_contain_text(f"learning rate {rate}")
        goes_on(page, so_far, 2)
        expect(field).to_have_value(rate)
    pause(page)
    expect(field).to_have_value("0.002")
    expect(page.locator(".curves .hint")).to_contain_text("learning rate 0.05")


@pytest.mark.expects_status(422)
def test_a_refused_edit_while_it_plays_says_so_beside_its_field_and_it_goes_on(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer")
    play(page)
    field, error = page.locator("#in-learning_rate"), page.locator("#error-learning_rate")
    for junk, said in (("fast", "“fast” is not a number"), ("9**9**9", "“9**9**9” is not")):
        field.fill(junk)
        expect(error).to_contain_text(said)
        expect(field).to_have_attribute("aria-invalid", "true")
        goes_on(page, epoch(page), 2)
        expect(error).to_contain_text(said)
    pause(page)
    expect(page.locator(".curves .hint")).to_have_count(0)
    field.fill("0.02")
    expect(error).to_be_empty()
    expect(page.locator(".curves .hint")).to_contain_text("learning rate 0.02")


def test_what_is_typed_just_before_play_is_what_it_plays_with(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer")
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    page.locator("#in-learning_rate").fill("0.07")
    play(page)
    pause(page)
    expect(page.locator("#in-learning_rate")).to_have_value("0.07")
    expect(page.locator(".curves .hint")).to_contain_text("from epoch 1: learning rate 0.07")


def test_another_data_set_while_it_plays_begins_a_new_run_that_plays(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer")
    play(page, 4)
    page.locator("#in-data").select_option("moons")
    expect(page.locator(".source")).to_have_count(1)
    expect(page.locator("#presets summary")).to_contain_text("changed")
    goes_on(page, 0, 2)
    expect(page.locator("#in-data")).to_have_value("moons")
    pause(page)


@pytest.mark.parametrize("button", ["do-step", "do-epoch"])
def test_a_step_or_an_epoch_ends_what_plays(open_page: Open, button: str):
    page = open_page("/train")
    play(page)
    page.locator(f"#{button}").click()
    rests(page)
    asked, so_far = slices(page), epoch(page)
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text(str(so_far + 1))
    expect(page.locator(".epoch")).not_to_contain_text("step")
    rests(page)
    assert asked == []


def test_a_unit_can_be_enlarged_and_the_curves_changed_while_it_plays(open_page: Open):
    page = open_page("/train")
    play(page)
    page.locator("#u-a1_3").click()
    expect(page.locator(".view > h2")).to_contain_text("What unit 3 of layer 1 computes")
    goes_on(page, epoch(page), 2)
    page.get_by_role("switch", name="logarithmic").click()
    expect(page.get_by_role("switch", name="logarithmic")).to_be_checked()
    goes_on(page, epoch(page), 2)
    pause(page)
    expect(page.locator(".view > h2")).to_contain_text("What unit 3 of layer 1 computes")
    expect(page.get_by_role("switch", name="logarithmic")).to_be_checked()


def test_one_step_shows_one_batch_and_one_epoch_completes_it(open_page: Open):
    page = open_page("/train")
    page.locator("#do-step").click()
    expect(page.locator(".epoch")).to_contain_text("step 1 of 20")
    expect(page.locator("#epoch")).to_have_text("0")
    page.keyboard.press("s")
    expect(page.locator(".epoch")).to_contain_text("step 2 of 20")
    page.keyboard.press("e")
    expect(page.locator("#epoch")).to_have_text("1")
    expect(page.locator(".epoch")).not_to_contain_text("step")
    page.go_back()
    expect(page.locator(".epoch")).to_contain_text("step 2 of 20")


def test_going_on_for_thirty_epochs_ends_exactly_there(open_page: Open):
    page = open_page("/train")
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    entries = page.evaluate("history.length")
    page.locator("#goals summary").click()
    page.locator("#in-epochs").fill("30")
    page.locator("#in-epochs").press("Enter")
    expect(page.locator("#epoch")).to_have_text("31")
    rests(page)
    expect(page.locator(".epoch")).not_to_contain_text("step")
    expect(page.locator("#goals summary")).to_have_text("go on …")
    assert page.evaluate("history.length") <= entries + 2
    page.reload()
    expect(page.locator("#epoch")).to_have_text("31")


@pytest.mark.parametrize(("name", "typed"), [("epochs", "1"), ("below", "100")])
def test_a_goal_that_is_reached_at_once_ends_what_plays(open_page: Open, name: str, typed: str):
    page = open_page("/train")
    play(page)
    page.locator("#goals summary").click()
    page.locator(f"#in-{name}").fill(typed)
    page.locator(f"#in-{name}").press("Enter")
    rests(page)
    asked, so_far = slices(page), epoch(page)
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text(str(so_far + 1))
    assert asked == []


def test_going_on_until_a_loss_ends_below_it(open_page: Open):
    page = open_page("/train")
    assert loss(page) > 0.5
    page.locator("#goals summary").click()
    page.locator("#in-below").fill("0,35")
    page.get_by_role("button", name="Go on").last.click()
    page.wait_for_function(
        "() => Number(document.getElementById('loss-train').dataset.exact) < 0.35"
    )
    rests(page)
    expect(page.locator(".epoch")).not_to_contain_text("step")
    assert 0.2 < loss(page) < 0.35
    expect(page.locator("#goals summary")).to_have_text("go on …")


@pytest.mark.expects_status(422)
@pytest.mark.parametrize(("name", "button"), [("epochs", 0), ("below", 1)])
def test_a_goal_that_is_none_is_refused_beside_its_field(open_page: Open, name: str, button: int):
    page = open_page("/train")
    page.locator("#goals summary").click()
    page.locator(f"#in-{name}").fill("9**9**9")
    page.get_by_role("button", name="Go on").nth(button).click()
    expect(page.locator(f"#error-{name}")).to_contain_text("not a number")
    expect(page.locator("#epoch")).to_have_text("0")
    rests(page)


def test_on_the_way_to_an_epoch_pause_stops_and_play_goes_past_it(open_page: Open):
    page = open_page("/train")
    page.locator("#goals summary").click()
    page.locator("#in-epochs").fill("5000")
    page.get_by_role("button", name="Go on").first.click()
    goes_on(page, 0, 2)
    expect(page.locator("#goals summary")).to_have_text("to 5,000")
    pause(page)
    play(page)
    expect(page.locator("#goals summary")).to_have_text("go on …")
    pause(page)


def test_play_goes_past_a_goal_also_before_the_pause_is_answered(open_page: Open):
    page = open_page("/train")
    page.locator("#goals summary").click()
    page.locator("#in-epochs").fill("5000")
    page.get_by_role("button", name="Go on").first.click()
    goes_on(page, 0, 2)
    held: list[Route] = []
    page.route(re.compile("/train"), lambda route: hold_reads(route, held))
    page.locator("#play").click()
    page.wait_for_function("!document.querySelector('#play.playing')")
    page.locator("#play").click()
    for route in held:
        route.continue_()
    page.unroute_all()
    expect(page.locator("#goals summary")).to_have_text("go on …")
    pause(page)


def hold_reads(route: Route, held: list[Route]) -> None:
    """Keep what is asked for by GET until somebody lets it go on."""
    if route.request.method == "GET":
        held.append(route)
    else:
        route.continue_()


def test_the_walk_has_exactly_these_weights_and_leads_back_to_this_state(open_page: Open):
    page = open_page("/train?preset=xor")
    play(page)
    pause(page)
    shown, url = page.evaluate(SHOWN), page.url
    weights = {}
    for unit in ("a2_1", "a1_1", "a1_4"):
        page.locator(f"#u-{unit}").click()
        expect(page.locator(f"#u-{unit}")).to_have_class(re.compile("on"))
        fields = page.locator(".inspect form")
        expect(fields.first.locator("[name=parameter]")).to_have_value(f"b{unit[1:]}")
        weights |= fields.evaluate_all("""all => Object.fromEntries(all.map(form => [
          form.elements.parameter.value, Number(form.elements.value.title.split(';')[0]
            .replaceAll('\\u2212', '-').replaceAll(/[^0-9.e+-]/g, ''))]))""")
    page.keyboard.press("Escape")
    expect(page.locator(".inspect")).to_have_count(0)
    page.get_by_role("button", name="Step into this round").click()
    expect(page).to_have_url(re.compile("/lessons/network"))
    walk = page.request.get(f"/api{page.url.removeprefix(page.url.split('/lessons')[0])}").json()
    assert walk["pairs"]
    for name, value in weights.items():
        title = page.locator(f"#in-{name}").get_attribute("title")
        digits = title.split(": ")[-1].replace("−", "-").replace("\N{NO-BREAK SPACE}", "")
        assert float(digits) == value
    page.get_by_role("link", name="Back to training").click()
    expect(page).to_have_url(re.compile("/train"))
    expect(page.locator("#epoch")).to_have_text(shown["epoch"])
    assert page.evaluate(SHOWN)["digits"] == shown["digits"]
    assert page.evaluate(SHOWN)["maps"] == shown["maps"]
    assert page.evaluate(SHOWN)["lines"] == shown["lines"]
    page.goto(url)
    assert page.evaluate(SHOWN) == shown


def test_nothing_is_trained_in_a_hidden_tab_and_it_goes_on_when_it_is_seen(open_page: Open):
    page = open_page("/train")
    asked = slices(page)
    page.locator("#play").click()
    goes_on(page, 0, 2)
    page.evaluate("""() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }""")
    settled = """() => new Promise(done => {
      let quiet = 0, seen = '';
      const look = () => {
        const now = document.getElementById('epoch').parentElement.textContent;
        quiet = now === seen ? quiet + 1 : 0;
        seen = now;
        return quiet > 20 ? done() : requestAnimationFrame(look);
      };
      look();
    })"""
    page.evaluate(settled)
    so_far, sent = epoch(page), len(asked)
    page.evaluate(settled)
    assert (epoch(page), len(asked)) == (so_far, sent)
    page.evaluate("delete document.hidden")
    page.evaluate(SEEN_AGAIN)
    goes_on(page, so_far, 2)
    pause(page)


@pytest.mark.expects_status("ERR_FAILED", "ERR_INTERNET_DISCONNECTED")
@pytest.mark.parametrize("way", ["offline", "abort"])
def test_play_stops_where_the_server_is_lost_the_picture_stays_and_it_is_tried_again(
    open_page: Open, way: str
):
    page = open_page("/train")
    play(page)
    if way == "offline":
        page.context.set_offline(True)
    else:
        page.route("**/train*", lambda route: route.abort())
    bar = page.locator("#offline")
    expect(bar).to_be_visible()
    expect(bar).to_contain_text("cannot be reached")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")
    expect(page.locator("#play")).not_to_have_class(re.compile("playing"))
    assert page.locator("#play").get_attribute("hx-get") is None
    so_far, shown = epoch(page), page.evaluate(SHOWN)
    assert page.locator("#view").get_attribute("data-field") in shown["maps"]
    if way == "offline":
        page.context.set_offline(False)
    else:
        page.unroute("**/train*")
    bar.get_by_role("button", name="Try again").click()
    expect(bar).to_be_hidden()
    goes_on(page, so_far, 2)
    pause(page)
    assert epoch(page) > so_far


def test_two_tabs_that_play_the_same_address_do_not_disturb_each_other(
    new_context: Callable[..., BrowserContext],
):
    context = new_context()
    one, two = context.new_page(), context.new_page()
    for page in (one, two):
        page.goto("/train?preset=xor&show-more=optimizer")
    one.locator("#do-epoch").click()
    expect(one.locator("#epoch")).to_have_text("1")
    two.goto(one.url)
    for page in (one, two):
        page.locator("#play").click()
    for page in (one, two):
        goes_on(page, 1, 3)
    two.locator("#in-learning_rate").fill("0.5")
    expect(two.locator(".curves .hint")).to_contain_text("learning rate 0.5")
    for page in (one, two):
        pause(page)
    expect(one.locator("#in-learning_rate")).to_have_value("0.02")
    for page in (one, two):
        shown = page.evaluate(SHOWN)
        page.reload()
        assert page.evaluate(SHOWN) == shown


def test_two_quick_edits_while_it_plays_are_both_kept(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer")
    play(page)
    page.locator("#in-learning_rate").fill("0.004")
    page.locator("#in-l2").fill("0.002")
    page.locator("#in-batch").fill("50")
    for words in ("learning rate 0.004", "L2 penalty 0.002", "batch 50"):
        expect(page.locator(".curves .hint")).to_contain_text(words)
    goes_on(page, epoch(page), 2)
    pause(page)
    for words in ("learning rate 0.004", "L2 penalty 0.002", "batch 50"):
        expect(page.locator(".curves .hint")).to_contain_text(words)


LONG_EPOCH = "/train?size=2000&share=100&batch=1&hidden=32,32"  # more work than one request may do


def test_a_long_epoch_goes_on_by_itself_and_ends_when_it_is_complete(open_page: Open):
    page = open_page(LONG_EPOCH)
    asked = slices(page)
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1", timeout=60_000)
    rests(page)
    expect(page.locator(".epoch")).not_to_contain_text("step")
    assert asked


def test_without_scripts_a_long_epoch_offers_to_go_on_until_it_is_complete(new_context, base_url):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(base_url + LONG_EPOCH)
    page.locator("#do-epoch").click()
    onward = page.get_by_role("button", name="Go on to epoch 1")
    expect(onward).to_be_visible()
    while onward.count():
        onward.click()
    expect(page.locator("#epoch")).to_have_text("1")
    expect(page.locator(".epoch")).not_to_contain_text("step")
