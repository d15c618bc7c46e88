"""The chain rule on paper: the functions, both passes, and the derivation line by line."""

import math
from dataclasses import replace

from backprop.lessons.chain_rule.choices import Choices, Exercise
from backprop.lessons.chain_rule.derivation import make_derivation
from backprop.lessons.chain_rule.function import Chain, make_chain
from backprop.lessons.chain_rule.picture import paper_scene
from backprop.lessons.chain_rule.presets import FORMER, PRESETS
from backprop.notation.formula import Formula, Operator, Row
from backprop.notation.full_formula import whole_formula
from backprop.notation.names import label_of
from backprop.notation.numerals import brief
from backprop.stage.head import find_preset
from backprop.stage.links import Links
from backprop.stage.paper import Blank, Cell, Part, Sheet, Table
from backprop.stage.quiz.levels import SCRATCH
from backprop.stage.walk.explanation import number
from backprop.stage.walk.function import explain_function_step, function_at, function_steps
from backprop.stage.walk.paper import PaperWalk, walk_sheet

MOST_BLANKS = 3  # lines of a derivation that are blank where the address does not say


def make_sheet(choices: Choices, links: Links) -> Sheet:
    """Return the chain at its point, as it is handed out.

    Raises:
        InputError: a function cannot be read, or uses a variable that is not its own.
    """
    chain = make_chain(choices)
    function = function_at(chain.graph, {"x": choices.x} if chain.graph.variables else {})
    steps = function_steps(chain.graph)
    derivation, told = _derivation(chain, choices, links)
    level = choices.quiz.level if choices.quiz.ask else ""
    walk = PaperWalk(
        function,
        steps,
        min(choices.step, len(steps) - 1),
        level if told else SCRATCH,
        label_of,
        lambda step: explain_function_step(function, step, label_of),
        lambda view: paper_scene(function.trace, view),
    )
    preset = find_preset((*PRESETS, *FORMER), choices.preset_name or PRESETS[0].name)
    same = preset and all(getattr(preset.choices, f) == getattr(choices, f) for f in "yuv")
    return walk_sheet(
        walk,
        links,
        derivation,
        title=preset.title if preset and same else "The chain rule",
        question=(
            *("How fast does ", label_of("y"), " change with ", label_of("x")),
            ", where one function stands inside another?",
        ),
        setting=_functions(chain),
        given=((label_of("x"), number(choices.x, "forward")),),
    )


def _functions(chain: Chain) -> tuple[Formula, ...]:
    """Return the functions, the outermost first."""
    return tuple(
        Row((label_of(link.name), Operator("="), whole_formula(link.graph, label_of)))
        for link in chain.links
    )


def _derivation(chain: Chain, choices: Choices, links: Links) -> tuple[Part, bool]:
    """Return dy/dx line by line, and whether no derivative or rule in it is blank.

    Blank are the lines that the address says, and those that would give them away.
    """
    asked = choices.exercise
    blank = Exercise(asked.blank or MOST_BLANKS, asked.fade or "last")
    shown, written = (
        make_derivation(chain, math.nan, replace(choices, exercise=exercise), links).lines
        for exercise in (blank, Exercise())
    )
    rows: list[tuple[Cell, ...]] = []
    for line, whole in zip(shown, written, strict=True):
        side = whole.equation.sides[0][1]
        rows.append(
            (
                (str(line.number),),
                (line.words,),
                whole.equation.left,
                side if line.state == "open" else Blank(side),
                Blank((whole.value,)) if whole.value else (),
            )
        )
    alone = shown[: len(chain.links) + 1]
    table = Table(
        heads=(("line",), ("what is done",), ("slope",), ("in letters",),
               ("at ", label_of("x"), f" = {brief(choices.x)}")),
        rows=tuple(rows),
        about="",
    )  # fmt: skip
    return (
        Part(("The derivation, line by line",),
             ("Write what is missing: in letters, then as a number.",), table=table),
        all(line.state == "open" for line in alone),
    )  # fmt: skip
