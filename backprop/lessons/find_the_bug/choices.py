"""What a learner can choose where a bug is looked for: the case, the line, the cause."""

from dataclasses import dataclass

from backprop.lessons.find_the_bug.cases import ALL_LEVELS
from backprop.stage.choices import Flag, Name, OneOf, Several, Whole, chosen, format_choice
from backprop.stage.hiding import hide_choice, mode_choice

MOST_CASE = 9_999
MOST_LINES = 20
MOST_STEPS = 99


@dataclass(frozen=True)
class Choices:
    """Everything set on the page; each field with its kind and its default.

    Attributes:
        level: how hard the case is.
        case: its number; 0 is the worked one.
        step: of the worked case, how far it is explained.
        line: the line that was pressed last; 0 for none.
        tried: the wrong lines that were pressed.
        cause: the cause that was chosen last, a slip by its name.
        blamed: the wrong causes that were chosen.
        names: whether the few plausible causes are shown, or all.
        hint: whether the first wrong part of the pass is shown.
        told: whether the bug is given away.
        line_told: whether its line is, and its cause still asked.
    """

    mode: str = mode_choice()
    hide: tuple[str, ...] = hide_choice("presets", "checks", "train")
    body_format: int = format_choice()
    level: int = chosen(Whole(min(ALL_LEVELS), max(ALL_LEVELS)), 1)
    case: int = chosen(Whole(0, MOST_CASE), 0)
    step: int = chosen(Whole(0, MOST_STEPS), 0)
    line: int = chosen(Whole(0, MOST_LINES), 0)
    tried: tuple[int, ...] = chosen(Several(Whole(1, MOST_LINES), MOST_LINES), ())
    cause: str = chosen(Name(), "")
    blamed: tuple[str, ...] = chosen(Several(Name(), 60), ())
    names: str = chosen(OneOf(("few", "all")), "few")
    hint: bool = chosen(Flag(), False)
    told: bool = chosen(Flag(), False)
    line_told: bool = chosen(Flag(), False, spelled="line-told")
