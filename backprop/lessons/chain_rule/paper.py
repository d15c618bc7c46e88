"""The chain rule on paper: the functions, each with its local derivative, and their product."""

from backprop.lessons.chain_rule.choices import Choices
from backprop.lessons.chain_rule.function import Chain, make_chain
from backprop.lessons.chain_rule.picture import paper_scene
from backprop.lessons.chain_rule.presets import FORMER, PRESETS
from backprop.notation.formula import Formula, Operator, Row
from backprop.notation.full_formula import whole_formula
from backprop.notation.names import label_of
from backprop.stage.head import find_preset
from backprop.stage.links import Links
from backprop.stage.paper import Sheet
from backprop.stage.walk.explanation import number
from backprop.stage.walk.function import explain_function_step, function_at, function_steps
from backprop.stage.walk.paper import (
    PaperWalk,
    switch_values,
    walk_parts,
    walk_picture,
    walk_slopes,
    walk_values,
)


def make_sheet(choices: Choices, links: Links) -> Sheet:
    """Return the chain at its point, as it is handed out.

    Raises:
        InputError: a function cannot be read, or uses a variable that is not its own.
    """
    chain = make_chain(choices)
    function = function_at(chain.graph, {"x": choices.x} if chain.graph.variables else {})
    steps = function_steps(chain.graph)
    walk = PaperWalk(
        function,
        steps,
        min(choices.step, len(steps) - 1),
        choices.quiz.level if choices.quiz.ask else "",
        label_of,
        lambda step: explain_function_step(function, step, label_of),
        lambda view: paper_scene(function.trace, view),
    )
    preset = find_preset((*PRESETS, *FORMER), choices.preset_name or PRESETS[0].name)
    same = preset and all(getattr(preset.choices, f) == getattr(choices, f) for f in "yuv")
    return Sheet(
        title=preset.title if preset and same else "The chain rule",
        question=(
            *("How fast does ", label_of("y"), " change with ", label_of("x")),
            ", where one function stands inside another?",
        ),
        setting=_functions(chain),
        given=((label_of("x"), number(choices.x, "forward")),),
        picture=walk_picture(walk),
        parts=walk_parts(walk),
        steps=(*walk_values(walk), *walk_slopes(walk)),
        switch=switch_values(walk, links),
    )


def _functions(chain: Chain) -> tuple[Formula, ...]:
    """Return the functions, the outermost first."""
    return tuple(
        Row((label_of(link.name), Operator("="), whole_formula(link.graph, label_of)))
        for link in chain.links
    )
