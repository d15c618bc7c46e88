"""Checking a gradient on paper: one parameter nudged by smaller and smaller h, then the verdict."""

from backprop.drawing.scene import View, expression_scene, network_scene
from backprop.lessons.gradient_check.choices import Choices
from backprop.lessons.gradient_check.nudge import chosen_name
from backprop.lessons.gradient_check.planted_slip import plant
from backprop.lessons.gradient_check.slip_paper import is_of_the_page, plants_a_slip, slip_part
from backprop.lessons.gradient_check.subject import Subject, make_subject, show_subject
from backprop.lessons.gradient_check.table import show_table
from backprop.notation.difference_quotient import printed, quotient
from backprop.notation.formula import (
    Brackets,
    Formula,
    Fraction,
    Label,
    Number,
    Operator,
    Row,
    partial,
)
from backprop.notation.full_formula import whole_formula
from backprop.notation.numerals import exact, long, short, signed
from backprop.stage.links import Links
from backprop.stage.paper import Blank, Cell, Part, Picture, Sheet, Table, Task, side_by_side
from backprop.stage.walk.explanation import Words

NUDGES = (1.0, 0.1, 0.01, 0.001)  # beside the one that the page shows
MOST_ROWS = 12  # parameters whose check is listed, the worst first
VERDICTS = ("Right", "Wrong", "Cannot be judged")
PICTURE = 50  # mm high, so that the sheet is one page
H = Label("h")


def make_sheet(choices: Choices, links: Links, title: str, note: str) -> Sheet:
    """Return the check as it is handed out; where a slip is planted, the gradient that it gives.

    Args:
        choices: of the state.
        links: around it.
        title: of the page.
        note: its conventions.

    Raises:
        InputError: the choices do not fit together.
    """
    subject = make_subject(choices)
    name = chosen_name(subject, choices.parameter)
    own, letter = subject.label(name), subject.letter
    shown = show_subject(subject, choices, links)
    formula = None
    if subject.network is None:
        formula = Row((letter, Operator("="), whole_formula(subject.graph, subject.label)))
    described: Formula | Words = formula or (f"{shown.title[:1].upper()}{shown.title[1:]}.",)
    if plants_a_slip(choices):
        planted = plant(choices)
        own_numbers = is_of_the_page(planted)
        return Sheet(
            title=f"Case {choices.planted.case}" if choices.planted.case else "A planted slip",
            question=("Is this gradient right? If not: which slip is it?",),
            setting=(described,) if own_numbers else (),
            picture=_picture(subject) if own_numbers else None,
            parts=(slip_part(choices, planted),),
            note=note,
        )
    return Sheet(
        title=title,
        question=("Is the gradient right? Nudge ", own, " up and down, and see how ", letter,
                  " answers."),
        setting=(described, _quotient(letter, own)),
        picture=_picture(subject),
        parts=(_nudged(subject, name, choices.nudge), *_verdict(subject, name, links)),
        note=note,
    )  # fmt: skip


def _quotient(letter: Label, own: Label) -> Formula:
    """Return what is estimated, by what: ∂f/∂x ≈ (f(x + h) − f(x − h)) / 2h."""
    up, down = (Row((letter, Brackets(Row((own, Operator(sign), H))))) for sign in ("+", "−"))
    rise = Fraction(Row((up, Operator("−"), down)), Row((Number("2", 2.0), H)))
    return Row((partial(letter, own), Operator("≈"), rise))


def _picture(subject: Subject) -> Picture:
    """Return the graph with its values; the gradient is in the table."""
    every = frozenset(range(len(subject.graph)))
    view = View("forward", frozenset(), every, frozenset(), (), {})
    words = (subject.label, short, signed, exact, lambda _: "")
    if subject.network is None:
        scene = expression_scene(subject.trace, view, *words)
    else:
        scene = network_scene(subject.network, "neurons", subject.trace, view, *words)
    return Picture(scene, scene, height=PICTURE)


def _nudged(subject: Subject, name: str, nudge: float) -> Part:
    """Return the table of central differences, and the slope that the backward pass gives."""
    theta, slope = subject.point[name], float(subject.trace.gradient[name])
    own, letter = subject.label(name), subject.letter
    rows: list[tuple[Cell, ...]] = []
    for h in sorted({nudge, *NUDGES}, reverse=True):
        high, low = (subject.values_at(name, theta + step)[-1] for step in (h, -h))
        shown = quotient(high, low, 2 * h)
        numeric = (high - low) / (2 * h)
        apart = abs(slope - numeric)
        rows.append(
            (
                (Number(printed(h, 3), h),),
                Blank((Number(shown.high, high, "forward"),)),
                Blank((Number(shown.low, low, "forward"),)),
                Blank((Number(shown.result, numeric),)),
                Blank((Number(short(apart), apart),)),
            )
        )
    return Part(
        title=("One parameter: ", own),
        lede=(own, f" = {long(theta)}; every other number stays. The estimate is the rise over "
              "2h; last, how far it is from the slope of the backward pass, ",
              Number(long(slope), slope, "backward"), "."),
        table=Table(
            heads=(
                (H,),
                (letter, "(", own, " + h)"),
                (letter, "(", own, " − h)"),
                ("estimate",),
                ("off by",),
            ),
            rows=tuple(rows),
            about="",
        ),
    )  # fmt: skip


def _verdict(subject: Subject, name: str, links: Links) -> tuple[Part, ...]:
    """Return the check of all parameters, and the question what it says."""
    shown = show_table(subject, name, links)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (row.label, (row.analytic,), (row.numeric,), (row.absolute,), Blank((row.relative,)))
        for row in shown.rows[:MOST_ROWS]
    )
    few = f" The first {MOST_ROWS} of {shown.count}." if shown.count > MOST_ROWS else ""
    answer = next((v for v in VERDICTS if v == shown.verdict.answer), "")
    table = Table((("",), ("backward",), ("nudged",), ("apart",), ("relative",)), rows, "")
    lede = (
        "The backward pass beside the estimate, and how far they are apart in digits beyond these: "
        f"how much is that relative to the larger?{few}"
    )
    task = Task(
        asks=("What does the check say of this gradient?",),
        answer=(),
        options=tuple((each,) for each in VERDICTS),
        right=frozenset((VERDICTS.index(answer),)) if answer else frozenset(),
        about=(shown.verdict.sentence,),
    )
    return (Part(("All parameters",), (lede,), table=side_by_side(table), tasks=(task,)),)
