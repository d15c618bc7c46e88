"""The playground on paper: a function at a point, forward and backward."""

from backprop.drawing.scene import expression_scene
from backprop.lessons.playground.choices import Choices, parse_function
from backprop.lessons.playground.presets import PRESETS
from backprop.notation.formula import Code, Operator, Row
from backprop.notation.full_formula import whole_formula
from backprop.notation.line_breaking import broken
from backprop.notation.numerals import exact, short, signed
from backprop.notation.spoken import words
from backprop.stage.functions import function_labels, function_letter
from backprop.stage.head import find_preset
from backprop.stage.links import Links
from backprop.stage.paper import Sheet
from backprop.stage.walk.explanation import Words, number
from backprop.stage.walk.function import explain_function_step, function_at, function_steps
from backprop.stage.walk.paper import PaperWalk, walk_sheet

MOST_WORDS = 200  # letters of a formula that is read aloud: a longer one is printed as it was typed


def make_sheet(choices: Choices, links: Links) -> Sheet:
    """Return the function at its point, as it is handed out.

    Raises:
        InputError: the function cannot be read.
    """
    graph = parse_function(choices)
    passes, steps, label = (
        function_at(graph, choices.at),
        function_steps(graph),
        function_labels(graph),
    )
    walk = PaperWalk(
        passes,
        steps,
        min(choices.step, len(steps) - 1),
        choices.quiz.level if choices.quiz.ask else "",
        label,
        lambda step: explain_function_step(passes, step, label),
        lambda view: expression_scene(
            passes.trace, view, label, short, signed, exact, lambda _: ""
        ),
    )
    letter = function_letter(graph)
    preset = find_preset(PRESETS, choices.preset_name)
    same = preset is not None and preset.choices.expression == choices.expression
    formula = Row((letter, Operator("="), broken(whole_formula(graph, label))))
    typed: Words = (letter, " = ", Code(choices.expression))
    return walk_sheet(
        walk,
        links,
        title=preset.title if preset and same else "A function of your own",
        question=("How much does ", letter, " move when one of its variables moves a little?"),
        setting=(formula if len(words(formula)) < MOST_WORDS else typed,),
        given=tuple((label(name), number(x, "forward")) for name, x in choices.at.items()),
    )
