"""Pieces of a page that are kept: the same as written anew, made of nothing else, and bounded."""

from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import nodes
from markupsafe import Markup

from app import create_app
from backprop.stage.links import HELD_OPEN
from backprop.web.pieces import OVERHEAD, Pieces
from backprop.web.query import State

TEMPLATES = Path(__file__).parents[2] / "templates"
FILES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
LOOKED_UP = frozenset(("caller", "loop", "kwargs", "varargs"))

PAGES = {  # walks, with the last step that is looked at
    "/lessons/network?x1=0.31": 20,
    "/lessons/network?mode=projector&preset=one-neuron": 9,
    "/lessons/network?detail=operations&ask=1&level=2&x1=0.31": 60,
    "/lessons/network?focus=w2_1_1&frozen=w1_1_1&optimizer=adam": 20,
    "/playground?preset=micrograd&a=-3.5": 30,
    "/playground?preset=product&ask=1&level=3&focus=x": 9,
    "/lessons/chain-rule?x=0.4": 9,
}


@pytest.fixture(scope="module")
def apps(tmp_path_factory):
    """Return an application, and one that keeps no pieces."""
    folder = tmp_path_factory.mktemp("pieces")
    made = [create_app({"DATABASE_URL": f"sqlite:///{folder}/{n}.sqlite"}) for n in range(2)]
    made[1].jinja_env.pieces.limit = 0
    return made


def ask(app, address):
    """Return the part of a page that an application sends."""
    answer = app.test_client().get(address, headers={"HX-Request-Type": "partial"})
    assert answer.status_code == 200, address
    return answer.text


@settings(max_examples=10, deadline=None)
@given(
    page=st.sampled_from(sorted(PAGES)),
    steps=st.lists(st.integers(0, 60), min_size=2, max_size=2),
)
def test_a_walk_shows_what_pages_show_that_are_written_anew(apps, page, steps):
    keeping, plain = apps
    addresses = [f"{page}&step={min(step, PAGES[page])}" for step in steps]
    kept = [ask(keeping, address) for address in addresses]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(State, "held_open", lambda state, _: state)
        assert [ask(plain, address) for address in addresses] == kept
    assert not any(HELD_OPEN in text for text in kept)


def test_a_step_is_mostly_made_of_pieces_of_the_one_before(apps):
    pieces, written = apps[0].jinja_env.pieces, []
    ask(apps[0], "/lessons/network?x1=0.77&step=4")
    with pytest.MonkeyPatch.context() as patch:
        keep = apps[0].jinja_env.keep_piece
        count = lambda piece, text: written.append(len(text)) or keep(piece, text)  # noqa: E731
        patch.setattr(apps[0].jinja_env, "keep_piece", count)
        text = ask(apps[0], "/lessons/network?x1=0.77&step=5")
    assert 0 < pieces.size <= pieces.limit
    assert sum(written) < len(text) / 4


def chain(node):
    """Return a.b.c as it is spelled; None for anything else."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr) and (owner := chain(node.node)):
        return f"{owner}.{node.attr}"
    return None


def made_of(environment, file):
    """Yield each piece of a template: what it is made of, and its body."""
    tree = environment.parse((TEMPLATES / file).read_text(), file)
    bodies = {
        each.lineno: each
        for each in tree.find_all(nodes.AssignBlock)
        if isinstance(each.target, nodes.InternalName)
    }
    for call in tree.find_all(nodes.Assign):
        if isinstance(call.target, nodes.InternalName):
            yield [chain(each) for each in call.node.args[2:]], bodies[call.lineno]


def stored(tree):
    """Return the names that a part of a template gives a meaning itself."""
    names = {each.name for each in tree.find_all(nodes.Name) if each.ctx in ("store", "param")}
    for each in tree.find_all(nodes.FromImport):
        names |= {name if isinstance(name, str) else name[1] for name in each.names}
    return names | {each.name for each in tree.find_all(nodes.Macro)}


def reads(environment, node, known):
    """Yield what a part of a template reads and does not say itself, its includes included."""
    if isinstance(node, nodes.Include):
        assert isinstance(node.template, nodes.Const), "A kept piece includes what is known."
        tree = environment.parse((TEMPLATES / node.template.value).read_text())
        yield from reads(environment, tree, known | stored(tree))
    elif (name := chain(node)) is not None:
        if name.partition(".")[0] not in known:
            yield name
    else:
        for child in node.iter_child_nodes():
            yield from reads(environment, child, known)


@pytest.mark.parametrize("file", FILES)
def test_a_piece_names_nothing_but_what_it_is_made_of(apps, file):
    environment = apps[0].jinja_env
    imported = stored_imports(environment, file)
    for makers, body in made_of(environment, file):
        known = {*environment.globals, *LOOKED_UP, *imported, *stored(body)}
        for name in reads(environment, body, known):
            assert any(name == maker or name.startswith(f"{maker}.") for maker in makers), name


def stored_imports(environment, file):
    """Return the macros that a template imports."""
    tree = environment.parse((TEMPLATES / file).read_text(), file)
    pairs = [name for each in tree.find_all(nodes.FromImport) for name in each.names]
    return {name if isinstance(name, str) else name[1] for name in pairs}


THING, OTHER = SimpleNamespace(n=1), SimpleNamespace(n=1)


def test_a_piece_is_found_for_the_very_same_objects_and_for_equal_words():
    pieces = Pieces()
    pieces.keep(pieces.find("here", True, THING, "a", 1), "text")
    assert pieces.find("here", True, THING, "a", 1).text == Markup("text")
    others = (OTHER, "a", 1), (THING, "b", 1), (THING, "a", 2), (THING, "a"), (THING, "a", 1, None)
    for made in others:
        assert pieces.find("here", True, *made).text is None
    assert pieces.find("there", True, THING, "a", 1).text is None


def test_what_will_not_come_again_is_not_kept():
    pieces = Pieces()
    piece = pieces.find("here", False, THING)
    pieces.keep(piece, "text")
    assert (piece.text, pieces.size) == ("text", 0)
    assert pieces.find("here", True, THING).text is None


@given(sizes=st.lists(st.integers(0, 3_000), max_size=40))
def test_pieces_are_bounded_and_the_least_recently_used_go_first(sizes):
    pieces = Pieces(limit=5_000)
    for n, size in enumerate(sizes):
        pieces.keep(pieces.find("here", True, n), "x" * size)
        pieces.find("here", True, 0)
        assert pieces.size <= pieces.limit
    left = [n for n in range(len(sizes)) if pieces.find("here", True, n).text is not None]
    assert pieces.size == sum(pieces.find("here", True, n).size for n in left)
    if sizes and sizes[0] + max(sizes) + 3 * OVERHEAD <= pieces.limit:
        assert {0, len(sizes) - 1} <= {*left}


def test_threads_keep_pieces_at_once_and_none_is_counted_twice():
    pieces = Pieces(limit=20_000)

    def work():
        for n in range(300):
            piece = pieces.find("here", True, n % 50)
            if piece.text is None:
                pieces.keep(piece, "x" * (n % 50))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [pieces.find("here", True, n) for n in range(50)]
    assert pieces.size == sum(piece.size for piece in kept if piece.text is not None)
