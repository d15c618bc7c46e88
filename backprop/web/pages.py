"""The pages: home, lessons, and the small ones that every site has."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
)
from werkzeug.wrappers import Response as AnyResponse

from backprop.drawing.scene import Scene
from backprop.stage.choices import change
from backprop.stage.course import (
    LaterChoices,
    make_end,
    make_end_sheet,
    make_later,
    make_route,
    time_in_all,
)
from backprop.stage.glossary import TERMS
from backprop.stage.lesson import File, Lesson
from backprop.stage.prepared import is_prepared, prepare
from backprop.stage.quiz.asked_back import AskingChoices
from backprop.web.assets import asset_url
from backprop.web.filters import in_view
from backprop.web.keeping.stored import (
    BROWSER,
    browser_word,
    find_stay,
    make_held,
    open_store,
    promise,
)
from backprop.web.mount import root
from backprop.web.query import (
    LONGEST_ADDRESS,
    LONGEST_PRINTED,
    ResponseOptions,
    State,
    find_lesson,
    known_lessons,
    read_asking,
    read_response_options,
    read_state,
    request_files,
    request_pairs,
    run_action,
    view_asked_for,
)
from backprop.web.reply import (
    FRESH,
    reply,
    reply_asking,
    reply_kept,
    reply_on_paper,
    reply_page,
    reply_prepared,
    send_file,
)
from backprop.web.taken import derivation_file, graph_file, scene_file

THEMES = ("light", "dark")
ASKING = ("1", "1-1", "1-2", "1-3")  # that it is asked first, and at which level
A_YEAR = 31_536_000  # seconds
ROBOTS = "User-agent: *\nDisallow: {0}/api/\nDisallow: {0}/look\nDisallow: {0}/*?\n"

pages = Blueprint("pages", __name__)


def add_lessons(app: Flask, lessons: Iterable[Lesson]) -> None:
    """Add the routes that lessons declare: of an address of their own, and of their files."""
    for lesson in lessons:
        slug, add = {"slug": lesson.slug}, app.add_url_rule
        if lesson.files or lesson.address:  # a file’s address may be anything below the lesson’s
            add(f"{lesson.path}/end", "pages.show_end", defaults=slug)
            add(f"{lesson.path}/link", "pages.prepare_link", defaults=slug)
            add(f"{lesson.path}/keep", "pages.keep_link", methods=("POST",), defaults=slug)
            add(f"{lesson.path}/derivation.tex", "pages.send_derivation", defaults=slug)
            graph = "graph.<any(svg, tex):kind>"
            add(f"{lesson.path}/{graph}", "pages.send_picture", defaults=slug)
            add(f"{lesson.path}/preview.png", "framed.send_preview", defaults=slug)
            add(f"{lesson.path}/end/{graph}", "pages.send_end_picture", defaults=slug)
        if lesson.address:
            path = lesson.address
            add(path, "pages.show_lesson", defaults=slug)
            add(f"/api{path}/end", "api.show_end", defaults=slug)
            add(f"/api{path}", "api.show_lesson", methods=("GET", "POST"), defaults=slug)
            if lesson.has_actions:
                add(path, "pages.advance_lesson", methods=("POST",), defaults=slug)
        for i, (rule, write) in enumerate(lesson.files.items()):
            whole = rule if rule.startswith("/") else f"{lesson.path}/{rule}"
            app.add_url_rule(whole, f"pages.{lesson.name}_file_{i}", _sender(lesson, write))


def _sender(lesson: Lesson, write: Callable[[Any, str], File]) -> Callable[[str], Response]:
    """Return a view that sends a file of a lesson's state."""

    def send(name: str) -> Response:
        return send_file(write(read_state(lesson, request_pairs()).choices, name))

    return send


def look() -> dict[str, Any]:
    """Return what every template knows; a lesson says more about its mode and its address."""
    theme = request.cookies.get("theme", "")
    return {
        "theme": theme if theme in THEMES else "",
        "root": root(),
        "mode": "",
        "framed": False,
        "projector": "",
        "here": request.full_path.removesuffix("?"),
        "on_route": tuple(lesson.name for lesson in known_lessons() if lesson.route),
        "glossary": TERMS,
        "stay": None,
        "asset_url": asset_url,
    }


@pages.before_request
def refuse_other_sites() -> None:
    """Take what changes something only from our own pages, or from no page at all."""
    if request.method not in ("POST", "PUT", "PATCH", "DELETE"):
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    ours = site in ("same-origin", "none") if site else not origin or _is_ours(origin)
    if not ours:
        abort(403)


def _is_ours(origin: str) -> bool:
    return origin.partition("://")[2] == request.host


@pages.get("/")
def show_home() -> Response:
    """Show what this is, the way through, and every example, in either view."""
    lessons, mode = known_lessons(), view_asked_for()
    route = make_route(lessons)
    return reply_page(
        "home.html",
        board=current_app.config["HOME_BOARD"](mode),
        lessons=lessons,
        route=route,
        time=time_in_all(route),
        mode=mode,
        projector=in_view("/", "" if mode else "projector"),
    )


@pages.get("/lessons/<slug>")
def show_lesson(slug: str) -> AnyResponse:
    """Show a lesson as the query describes it: its inputs, its step, its view."""
    lesson = find_lesson(slug)
    pairs = request_pairs()
    options = read_response_options(lesson, pairs)
    state = read_state(lesson, pairs, None if options.paper else LONGEST_ADDRESS)
    if options.paper:
        return print_lesson(state, options)
    if remembers_asking(state, pairs):
        level = request.cookies["ask"].partition("-")[2]
        return redirect(state.links.address(ask="1", level=level), code=303)
    state = state.held_open("step")
    return reply(state, lesson.compose(state.choices, state.links), options)


def print_lesson(state: State, options: ResponseOptions) -> Response:
    """Show a state of a lesson as it is handed out on paper."""
    if state.lesson.paper is None:
        abort(404)
    sheet = state.lesson.paper(state.choices, state.links)
    return reply_on_paper(sheet, state.links.address(), options, state)


@pages.get("/lessons/<slug>/end")
def show_end(slug: str) -> Response:
    """Show what was seen in a lesson, a question back, and what comes next."""
    lesson = find_lesson(slug)
    choices, links = read_asking(AskingChoices(), f"{lesson.path}/end")
    options = read_response_options(lesson, request_pairs())
    if options.paper:
        sheet = make_end_sheet(lesson, choices)
        return reply_on_paper(sheet, links.address(), options)
    board = make_end(lesson, make_route(known_lessons()), choices, links)
    return reply_asking("end.html", links, board, lesson=lesson)


@pages.get("/questions")
def show_questions() -> Response:
    """Show a question that comes back on a later day."""
    choices, links = read_asking(LaterChoices(), "/questions")
    return reply_asking("question.html", links, make_later(known_lessons(), choices, links))


def remembers_asking(state: State, pairs: Mapping[str, str]) -> bool:
    """Whether a page that is opened is to ask first, as its like did.

    Never a page whose address says anything of how it is shown: its view, its step, what is hidden
    or blank, or asking itself. It was prepared so, and opens so for everybody. And never a page
    that is asked for by another: there the address alone decides, so that going back shows what
    was there.
    """
    return (
        state.lesson.can_ask(state.choices)
        and request.cookies.get("ask") in ASKING
        and "HX-Request-Type" not in request.headers
        and not is_prepared(state.choices, state.lesson.defaults, pairs)
    )


@pages.get("/lessons/<slug>/link")
def prepare_link(slug: str) -> Response:
    """Offer to prepare a link to a lesson's state: how it is shown, what is hidden and asked."""
    lesson, pairs = find_lesson(slug), request_pairs()
    state = read_state(lesson, pairs)
    on_projector = change(state.choices, mode="projector")  # there a lecture has its parts
    board = lesson.compose(on_projector, state.links.at(on_projector))
    prepared = prepare(lesson, board, state.links, request.args.to_dict(flat=False))
    return reply_prepared(state, board, prepared)


@pages.post("/lessons/<slug>/keep")
def keep_link(slug: str) -> Response:
    """Promise a state for a year, for a link that is copied or printed; say where it stands."""
    lesson, pairs = find_lesson(slug), request_pairs()
    longest = LONGEST_PRINTED if "on-paper" in pairs else LONGEST_ADDRESS
    state = read_state(lesson, pairs, longest)
    if state.stored:
        promise("link", state.stored)
        open_store().keep(*state.stored)
    return reply_kept(state.links.address(), find_stay(state.stored))


@pages.get("/lessons/<slug>/graph.<any(svg, tex):kind>")
def send_picture(slug: str, kind: str) -> Response:
    """Send the graph of a lesson's state as a picture that stands alone, or as TikZ."""
    lesson = find_lesson(slug)
    return send_file(graph_file(read_state(lesson, request_pairs()), kind))


@pages.get("/lessons/<slug>/end/graph.<any(svg, tex):kind>")
def send_end_picture(slug: str, kind: str) -> Response:
    """Send the graph at the end of a lesson, which is the same for everybody."""
    lesson = find_lesson(slug)
    picture = lesson.ending().picture if lesson.ending else None
    if not isinstance(picture, Scene):
        abort(404)
    return send_file(scene_file(picture, f"{lesson.slug}-end", kind))


@pages.get("/lessons/<slug>/derivation.tex")
def send_derivation(slug: str) -> Response:
    """Send what a lesson's state derives, as LaTeX: at its step, or at all of them."""
    lesson, pairs = find_lesson(slug), request_pairs()
    whole = read_response_options(lesson, pairs).all_steps
    return send_file(derivation_file(read_state(lesson, pairs), whole=whole))


@pages.post("/lessons/<slug>")
def advance_lesson(slug: str) -> AnyResponse:
    """Do what a form asks, such as going on to the next round; the present state stays.

    The answer is a redirection to the state it leads to. A page that plays is spared that, and
    sent only what changes while it does, unless it leads to another lesson.
    """
    lesson = find_lesson(slug)
    if not lesson.has_actions:
        abort(405)
    pairs = request_pairs()
    after = run_action(read_state(lesson, pairs), pairs, request_files())
    options = read_response_options(lesson, pairs)
    stays = after.lesson is lesson
    if stays and options.partial and options.playing and lesson.staged:
        return reply(after, lesson.compose(after.choices, after.links), options)
    return redirect(after.links.address(), code=303)


@pages.route("/look", methods=("GET", "POST"))
def choose_look() -> AnyResponse:
    """Remember the theme, or asking first, and go back; any other word forgets it."""
    response = redirect(_here(request.values.get("back", "/")), code=303)
    if "ask" in request.values:
        _remember(response, "ask", request.values["ask"], ASKING)
    if "theme" in request.values or "ask" not in request.values:
        _remember(response, "theme", request.values.get("theme", ""), THEMES)
    return response


def _remember(response: AnyResponse, name: str, word: str, words: tuple[str, ...]) -> None:
    if word in words:
        response.set_cookie(name, word, max_age=A_YEAR, secure=request.is_secure, samesite="Lax")
    else:
        response.delete_cookie(name, samesite="Lax")


def _here(path: str) -> str:
    """Return the path if it is one of this site, else home."""
    ours = path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable()
    return path if ours else "/"


@pages.get("/stored")
def show_stored() -> Response:
    """Show what this browser has in the store."""
    held = make_held(open_store().holdings(browser_word())) if browser_word() else ()
    response = make_response(render_template("stored.html", held=held, mode=view_asked_for()))
    response.headers.update(FRESH)
    response.vary.add("Cookie")
    return response


@pages.post("/stored")
def forget_stored() -> AnyResponse:
    """Take back what this browser has in the store, and forget the browser."""
    open_store().forget(browser_word())
    response = redirect(in_view("/stored", view_asked_for()), code=303)
    response.delete_cookie(BROWSER, httponly=True, samesite="Lax")
    return response


@pages.get("/robots.txt")
def guide_robots() -> Response:
    """Ask robots for the pages as they are, without their countless states."""
    return Response(ROBOTS.format(root()), mimetype="text/plain")
