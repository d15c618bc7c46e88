"""The questions that a walk can be asked at one of its steps, by one name each.

value      at a forward step: its result (value_questions.py)
gradient   which way the output goes when the quantity of the step is raised, then how far
sign       the first of the two alone
number     the second alone: one line of the chain rule, as a product or its result
larger-w6  whose gradient is larger in size: this one, or that of w6, which stands near it
"""

from collections.abc import Iterable

from backprop.drawing.scene import Scene, View, excerpt_scene, expression_scene
from backprop.engine.differences.rounding import is_zero
from backprop.engine.graph import Graph
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import as_answer, exact, short, signed
from backprop.stage.functions import function_labels
from backprop.stage.quiz.gradient_asked import GradientAsked, Walked
from backprop.stage.quiz.gradient_slips import EVERYWHERE, GradientSlip, gradient_slips
from backprop.stage.quiz.question import Asking, Choice, Question, WrongAnswer
from backprop.stage.quiz.step_judgement import sign_name
from backprop.stage.quiz.step_question import is_asked
from backprop.stage.quiz.value_questions import VALUE, ask_value, value_askings
from backprop.stage.slip_words import in_page_letters
from backprop.stage.walk.explanation import Labels, Words, phrase
from backprop.stage.walk.function import FunctionAt, function_steps

CLEARLY = 1.1  # so many times as large a gradient is at least that is called the larger
COMPARABLE = 40.0  # and so many times at most, where one has the choice
WITHIN = 60  # steps before and behind among which the other is looked for
LARGER = "larger-"


def askings_at(walked: Walked, *, varies: bool = True) -> tuple[Asking, ...]:
    """Return what can be asked at a step of a walk: the value or the gradient that it finds."""
    if walked.step.kind == VALUE:
        return value_askings(walked, varies=varies)
    return walk_askings(walked, varies=varies)


def walk_askings(walked: Walked, *, varies: bool = True) -> tuple[Asking, ...]:
    """Return what can be asked at a step of a walk: nothing but at a gradient to find."""
    if not can_be_asked(walked):
        return ()
    asked = walked.at(walked.step.name)
    slope, other = asked.slope, find_other(walked)
    askings = [
        Asking("gradient", (*slope, ": the sign, then the number"), "gradient", varies),
        Asking("sign", (*slope, ": the sign alone"), "sign", varies),
        Asking("number", (*slope, ": the number, or its product"), "number", varies),
    ]
    if other:
        title = ("Which is larger in size, ", *slope, " or ", *other.slope, "?")
        askings.append(Asking(f"{LARGER}{other.name}", title, "larger", varies))
    return tuple(askings)


def can_be_asked(walked: Walked) -> bool:
    """Whether a step of a walk has a gradient to find."""
    return is_asked(walked.passes.trace, walked.step)


def ask_in_walk(walked: Walked, name: str) -> Question:
    """Return the question of this name about the step of a walk."""
    if name == VALUE:
        return ask_value(walked)
    asked = walked.at(walked.step.name)
    if name.startswith(LARGER):
        return _ask_larger(walked, asked, walked.at(name.removeprefix(LARGER)))
    return _ask_gradient(walked, asked, name)


def _ask_gradient(walked: Walked, asked: GradientAsked, name: str) -> Question:
    """Return the question for a gradient: “sign”, “number”, or “gradient”, one then the other."""
    scene, part = draw_asked(walked, asked.name), draw_part(asked)
    parts: dict[str, str | Label | Number | Words] = {
        **{"own": asked.own, "output": asked.output},
        "slope": asked.slope,
    }
    prompt = phrase("How much does {own} matter?", **parts)
    way = "Which way does {output} go when {own} is raised a little?"
    if name == "sign":
        return Question(
            prompt=prompt,
            quantity=asked.name,
            kind="sign",
            right=right_sign(asked),
            wrong=_wrong_signs(asked),
            explanation=_sign_words(asked),
            scene=scene,
            lede=phrase(way, **parts),
            part=part,
            subject=asked,
        )
    both = name == "gradient"
    lede = f"{way} Then how far: {{slope}} as a number." if both else "{slope} as a number."
    return Question(
        prompt=prompt,
        quantity=asked.name,
        kind="gradient" if both else "number",
        right=0.0 if is_zero(asked.passes.trace, asked.node) else asked.gradient,
        wrong=tuple(wrong_answer(asked, slip) for slip in slips_of(asked)),
        explanation=_sign_words(asked),
        scene=scene,
        lede=phrase(lede, **parts),
        part=part,
        subject=asked,
    )


def slips_of(asked: GradientAsked) -> tuple[GradientSlip, ...]:
    """Return the wrong numbers that are known for a gradient."""
    return gradient_slips(asked.passes.trace, asked.node)


def wrong_answer(asked: GradientAsked, each: GradientSlip) -> WrongAnswer:
    """Return the answer that a slip gives, in the letters of the page."""
    title, about = (in_page_letters(x, asked.label) for x in (each.slip.title, each.slip.about))
    every = ", at every step" if each.key.endswith(EVERYWHERE) else ""
    return WrongAnswer(each.value, title + every, (about,), each.key)


def right_sign(asked: GradientAsked) -> str:
    """Return the sign of a gradient, by its name; what rounding leaves of 0 has none."""
    zero = is_zero(asked.passes.trace, asked.node)
    return sign_name(0.0 if zero else asked.gradient)


def _wrong_signs(asked: GradientAsked) -> tuple[WrongAnswer, ...]:
    """Return what a wrong sign comes from, as far as one can say: the reverse is a sign turned."""
    right, turned = right_sign(asked), {"up": "down", "down": "up"}
    titles = {"none": "A factor is taken for zero"}
    titles |= {turned[right]: "The sign is turned round"} if right in turned else {}
    titles |= {n: "A zero is overlooked" for n in turned if right == "none"}
    names = {"The sign is turned round": "sign"}
    words = _sign_words(asked)
    return tuple(
        WrongAnswer(answer, title, words, names.get(title, ""))
        for answer, title in titles.items()
        if answer != right
    )


def _sign_words(asked: GradientAsked) -> Words:
    """Return which way the output goes, with the number."""
    zero = is_zero(asked.passes.trace, asked.node)
    slope = 0.0 if zero else asked.gradient
    way = "stays where it is" if zero else "rises" if slope > 0 else "falls"
    return phrase(
        "{slope} = {x}: raise {own} a little, and {output} " + way + ".",
        slope=asked.slope,
        x=_backward(slope),
        own=asked.own,
        output=asked.output,
    )


def _backward(x: float) -> Number:
    return Number(as_answer(x), x, "backward")


def find_other(walked: Walked) -> GradientAsked | None:
    """Return the gradient that is worth comparing with that of a step; None where none is.

    A clear difference is wanted, and something in common: one into the same sum, then one of the
    same layer, then any of the same kind; the nearest. Equal ones are not compared.
    """
    step, graph = walked.step, walked.passes.graph
    here = abs(float(walked.passes.trace.gradients[step.node]))
    leaf = graph.nodes[step.node].is_leaf
    uses = {later for later, _ in graph.uses()[step.node]}
    candidates = []
    for other in walked.steps:
        alike = other.kind == "slope" and other.name != step.name
        if not alike or graph.nodes[other.node].is_leaf is not leaf:
            continue
        if not is_asked(walked.passes.trace, other) or abs(other.node - step.node) > WITHIN:
            continue
        there = abs(float(walked.passes.trace.gradients[other.node]))
        least, most = sorted((here, there))
        if most < CLEARLY * least or most == 0:
            continue
        far = least * COMPARABLE < most
        apart = uses.isdisjoint(later for later, _ in graph.uses()[other.node])
        kind = other.name[0] != step.name[0]
        layer = abs(other.layer - step.layer)
        candidates.append((far, kind, apart, layer, abs(other.node - step.node), other.name))
    return walked.at(min(candidates)[-1]) if candidates else None


def _ask_larger(walked: Walked, asked: GradientAsked, other: GradientAsked) -> Question:
    pair = sorted((asked, other), key=lambda each: each.node)
    larger, smaller = sorted(pair, key=lambda each: abs(each.gradient), reverse=True)
    sizes = phrase(
        "{a} = {x} and {b} = {y}: the larger in size is that of {own}.",
        a=larger.slope,
        x=_backward(larger.gradient),
        b=smaller.slope,
        y=_backward(smaller.gradient),
        own=larger.own,
    )
    values = [float(each.passes.trace.values[each.node]) for each in (larger, smaller)]
    by_value = abs(values[1]) > abs(values[0])
    signed = smaller.gradient > larger.gradient
    title = "The slopes compared the wrong way round"
    if by_value:
        title = "The larger value is taken for the larger slope"
    elif signed:
        title = "The signs are compared, not the sizes"
    return Question(
        prompt=phrase("Which matters more, {a} or {b}?", a=pair[0].own, b=pair[1].own),
        quantity=".".join(each.name for each in pair),
        kind="larger",
        right=larger.name,
        wrong=(WrongAnswer(smaller.name, title, sizes),),
        choices=tuple(Choice(each.name, (each.own,)) for each in pair),
        explanation=sizes,
        scene=draw_asked(walked, *(each.name for each in pair)),
        part=draw_part(*pair),
        lede=phrase(
            "Raise each a little, alone. Which moves {output} further, up or down?",
            output=asked.output,
        ),
    )


def draw_asked(walked: Walked, *names: str, large: bool = True) -> Scene:
    """Return the graph with every forward value and no gradient; what is asked stands out."""
    graph = walked.passes.graph
    return walked.draw(_asked_view(graph, map(graph.position, names)), large)


def draw_part(*asked: GradientAsked) -> Scene:
    """Return what of the graph some gradients need, small enough for a phone; no gradient in it."""
    trace, label = asked[0].passes.trace, asked[0].label
    view = _asked_view(trace.graph, (each.node for each in asked))
    return excerpt_scene(trace, view, label, short, signed, exact)


def _asked_view(graph: Graph, nodes: Iterable[int]) -> View:
    every = frozenset(range(len(graph)))
    return View("asked", frozenset(), every, frozenset(), (), {}, asked=frozenset(nodes))


def walk_function(passes: FunctionAt, step: int, label: Labels | None = None) -> Walked:
    """Return the walk through a typed function at a step; beyond the last, at the last.

    Args:
        passes: the function at its point.
        step: counted from 0.
        label: how names are written, where not as in the playground.
    """
    steps, label = function_steps(passes.graph), label or function_labels(passes.graph)

    def draw(view: View, large: bool) -> Scene:
        words = (label, short, signed, exact, lambda _: "")
        return expression_scene(passes.trace, view, *words, large=large)

    return Walked(passes, steps, steps[min(step, len(steps) - 1)], label, draw)
