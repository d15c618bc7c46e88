"""What the playground hands out: the same function as LaTeX, as NumPy code, as PyTorch code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backprop.engine.errors import UnknownNameError
from backprop.lessons.playground.choices import Choices, parse_function
from backprop.notation.export.code import latex_derivation, numpy_code, pytorch_code
from backprop.stage.choices import ChoiceError
from backprop.stage.controls import Option
from backprop.stage.functions import function_labels
from backprop.stage.lesson import File
from backprop.stage.links import Links
from backprop.stage.quiz.step_question import find_step_question
from backprop.stage.walk.function import FunctionAt, function_at, function_steps


@dataclass(frozen=True, slots=True)
class Kind:
    """One form of export: its title, the file's ending, and who writes it."""

    title: str
    ending: str
    about: str
    write: Callable[[FunctionAt], str]


@dataclass(frozen=True, slots=True)
class Export:
    """The panel: what can be had, and the text that is open."""

    options: tuple[Option, ...]
    kind: str
    title: str
    about: str
    text: str
    close: str


KINDS: Mapping[str, Kind] = {
    "latex": Kind(
        "LaTeX",
        "tex",
        "The whole derivation, forward and backward, to be put into a document.",
        lambda passes: latex_derivation(passes.trace, function_labels(passes.graph)),
    ),
    "numpy": Kind(
        "NumPy",
        "py",
        "Both passes written out line by line, with a check by finite differences. It runs.",
        lambda passes: numpy_code(passes.graph, passes.at),
    ),
    "pytorch": Kind(
        "PyTorch",
        "py",
        "The same forward pass for PyTorch, whose autograd is compared with the gradient here.",
        lambda passes: pytorch_code(passes.graph, passes.at),
    ),
}


def make_export(passes: FunctionAt, kind: str, links: Links, *, closed: bool) -> Export:
    """Return the panel; nothing is written while it is closed, or holds the answers asked."""
    options = tuple(
        Option(each.title, name, name == kind, links.address(export=name), each.about)
        for name, each in KINDS.items()
    )
    if not kind:
        return Export(options, "", "", "", "", "")
    shown, close = KINDS[kind], links.address(export="")
    text = "This text holds the answers: it opens at the end of the pass."
    if not closed:
        text = shown.write(passes)
    return Export(options, kind, shown.title, shown.about, text, close)


def export_file(choices: Choices, kind: str) -> File:
    """Return the function of these choices as a file.

    Raises:
        UnknownNameError: there is no such kind.
        ChoiceError: the function cannot be read, or the page still asks what the file would say.
    """
    if kind not in KINDS:
        raise UnknownNameError(
            f"There is no export “{kind[:40]}”.", hint=f"There are {', '.join(KINDS)}.", at="lesson"
        )
    passes = function_at(parse_function(choices), choices.at)
    steps = function_steps(passes.graph)
    at = min(choices.step, len(steps) - 1)
    if find_step_question(passes, choices.quiz, steps, at).unknown:
        raise ChoiceError(
            "This file holds the answers.", hint="It opens at the end of the pass.", at="ask"
        )
    return File(f"function.{KINDS[kind].ending}", KINDS[kind].write(passes))
