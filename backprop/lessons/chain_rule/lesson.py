"""The chain rule: the one fact of calculus on which backpropagation stands.

Two functions, one inside the other, or three. The derivation stands beside the graph of the same
function: what is a line there is a slope on an edge here, and the derivative is their product along
the path. A nudge shows that it is true to first order; a fork, that paths add up.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

from backprop.drawing.parts import Tag
from backprop.drawing.scene import Flow, Scene, expression_scene
from backprop.engine.text import to_text
from backprop.lessons.chain_rule.choices import NO_ANSWERS, Choices
from backprop.lessons.chain_rule.forks import Fork, fork_of, local_tags
from backprop.lessons.chain_rule.function import Chain, chain_of, product_words
from backprop.lessons.chain_rule.lines import Derivation, derivation_of
from backprop.lessons.chain_rule.nudge import NudgeShown, nudge_of
from backprop.lessons.chain_rule.presets import PRESETS
from backprop.notation.derivation import Equation, equation
from backprop.notation.formula import Number
from backprop.notation.full_formula import whole_formula
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up, exact, field, short, signed
from backprop.stage.head import Head, make_head
from backprop.stage.lesson import Lesson
from backprop.stage.links import Links
from backprop.stage.walk.board import Walk, make_view
from backprop.stage.walk.function import (
    FunctionAt,
    explain_function_step,
    function_at,
    function_folds,
    function_steps,
)
from backprop.stage.walk.steps import WalkStep
from backprop.stage.walk.strip import make_strip


@dataclass(frozen=True, slots=True)
class Typed:
    """The field of one function of the chain."""

    name: str
    of: str
    text: str
    formula: Equation | None  # None where nothing is typed
    value: Number | None
    title: str


@dataclass(frozen=True)
class Board:
    """Everything shown of a chain at one step; no markup."""

    head: Head
    walk: Walk
    functions: tuple[Typed, ...]
    deeper: str  # the address with a third function, or with two again
    deep: bool
    x: str
    derivative: Number
    product: str  # the slopes along the path, as they multiply
    nameless: bool  # whether results stand in the picture that nobody named
    derivation: Derivation
    nudge: NudgeShown
    dx: str
    fork: Fork
    fresh: str  # this state without answers: another function asks anew

    def address(self, **changes: Any) -> str:
        """Return the address of this state with some fields changed."""
        return self.head.links.address(**changes)


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a chain at a step; a step beyond the last is the last.

    Raises:
        InputError: a function cannot be read, or uses a variable that is not its own.
    """
    chain = chain_of(choices)
    at = {"x": choices.x} if chain.graph.variables else {}
    found, stops = function_at(chain.graph, at), function_steps(chain.graph)
    step = min(choices.step, len(stops) - 1)
    name = choices.preset_name or PRESETS[0].name
    began = next((p for p in PRESETS if p.name == name), None)
    parts = ("y", "u", "v")
    same = began and all(getattr(began.choices, p) == getattr(choices, p) for p in parts)
    slope = float(found.trace.gradient.get("x", 0.0))
    if not math.isfinite(found.trace.value):
        slope = math.nan  # where there is no value, nothing can be steep
    deep = len(chain.links) == 3
    return Board(
        head=make_head(
            links,
            PRESETS,
            began.title if began and same else "The chain rule",
            began if same else None,
            reset=f"{links.path}?preset={choices.preset_name}"
            if choices.preset_name
            else links.path,
            check=_check(chain, links),
        ),
        walk=Walk(
            strip=make_strip(stops, step, links, label_of, function_folds(stops)),
            scene=_scene(found, stops, step),
            explanation=explain_function_step(found, stops[step], label_of),
        ),
        functions=_typed(chain, choices),
        deeper=_deeper(choices, links, deep=deep),
        deep=deep,
        x=field(choices.x),
        derivative=Number(short(slope), slope, "backward"),
        product=_product(chain, slope),
        nameless=any(node.name == "q1" for node in chain.graph.nodes),
        derivation=derivation_of(chain, choices, links),
        nudge=nudge_of(chain, slope, choices.dx),
        dx=field(choices.dx),
        fork=fork_of(choices, links),
        fresh=links.address(open=(), closed=(), **NO_ANSWERS),
    )


def _check(chain: Chain, links: Links) -> str:
    """Return where the gradient of the whole is checked; empty where it is constant."""
    if not chain.graph.variables:
        return ""
    expression = to_text(chain.graph)
    return links.to("gradient_check", of="expression", expression=expression, at={"x": chain.x})


def _typed(chain: Chain, choices: Choices) -> tuple[Typed, ...]:
    """Return a field for each function, the outermost first; v also where there is none."""
    found = []
    titles = {"y": "the outer function", "u": "the inner function", "v": "the innermost function"}
    for link in chain.links:
        value = chain.values[link.name]
        formula = equation(label_of(link.name), ("=", whole_formula(link.graph, label_of)))
        title = "the one between" if link.name == "u" and link.of == "v" else titles[link.name]
        found.append(
            Typed(
                link.name,
                link.of,
                getattr(choices, link.name),
                formula,
                Number(short(value), value, "forward"),
                title,
            )
        )
    return tuple(found)


def _deeper(choices: Choices, links: Links, *, deep: bool) -> str:
    """Return the address of the same chain with a third function, or again with two."""
    plain = {"step": 0, "open": (), "closed": (), **NO_ANSWERS}
    if deep:
        return links.address(v="", u=_relettered(choices.u, "v", "x"), **plain)
    inner = "3x" if choices.u != "3x" else "x^2"
    return links.address(v=inner, u=_relettered(choices.u, "x", "v"), **plain)


def _relettered(text: str, old: str, new: str) -> str:
    """Return a function's text with another variable; the x of exp and max stays."""
    return "".join(new if c == old and not _in_word(text, i) else c for i, c in enumerate(text))


def _in_word(text: str, i: int) -> bool:
    """Whether the letter at a place is part of a longer name."""
    return any(text[j : j + 1].isalpha() for j in (i - 1, i + 1) if j >= 0)


def _product(chain: Chain, slope: float) -> str:
    """Return the slopes along the path and their product, as they multiply when printed."""
    if math.isnan(slope):
        return ""
    terms = [chain.slope_at(link) for link in chain.links]
    written = adds_up(terms, slope, decimals=3 if short(slope) != "0" else None)
    return product_words(written)


def _scene(found: FunctionAt, stops: tuple[WalkStep, ...], step: int) -> Scene:
    """Return the picture, with the local derivative on each edge once its node is known."""
    view = make_view(found, stops, step)
    view = replace(  # the slopes stand on the edges: no badge has to lead to them
        view,
        flows=tuple(Flow(flow.node, flow.later) for flow in view.flows),
        factors=dict.fromkeys(view.factors, ""),
    )
    tags: dict[tuple[int, int], Tag] = {}
    for edge, tag in local_tags(found.graph, found.trace, label_of).items():
        if edge[1] in view.valued:
            on = any((flow.node, flow.later) == edge for flow in view.flows)
            tags[edge] = tag._replace(state="on" if on and view.phase == "backward" else "")
    return expression_scene(found.trace, view, label_of, short, signed, exact, lambda _: "", tags)


LESSON = Lesson(
    name="chain_rule",
    title="The chain rule",
    about="Two functions, one inside the other: slopes multiply along a path and add up over "
    "paths. Line by line, on the graph, and by nudging.",
    defaults=PRESETS[0].choices,
    presets=PRESETS,
    compose=compose,
    picture=lambda board: board.walk.scene,
    styles=("chain_rule",),
)
