"""What the page hands out: the program as NumPy, PyTorch and JAX code, and as LaTeX."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from backprop.engine.errors import UnknownNameError
from backprop.engine.program import Program
from backprop.lessons.arrays.choices import Choices
from backprop.lessons.arrays.passes import passes_of
from backprop.notation.export.programs.code import jax_program, numpy_program, pytorch_program
from backprop.notation.export.programs.latex import latex_program
from backprop.stage.choices import ChoiceError
from backprop.stage.lesson import Export, File
from backprop.stage.programs.passes import ProgramAt

TEX = "application/x-tex"


@dataclass(frozen=True, slots=True)
class Kind:
    """One form of export: what the menu says of it, its file, and who writes it."""

    title: str
    about: str
    file: str
    write: Callable[[Program], str]
    mimetype: str = "text/plain"


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "numpy": Kind(
            "NumPy",
            "both passes line by line, with a check; it runs",
            *("program_numpy.py", numpy_program),
        ),
        "pytorch": Kind(
            "PyTorch",
            "its autograd, held to every gradient here",
            *("program_pytorch.py", pytorch_program),
        ),
        "jax": Kind("JAX", "the same with jax.grad", *("program_jax.py", jax_program)),
        "latex": Kind(
            "LaTeX",
            "the lines, and the rule of each use, in letters",
            *("program.tex", latex_program, TEX),
        ),
    }
)
EXPORTS = tuple(Export(f"export/{name}", each.title, each.about) for name, each in KINDS.items())


def holds_answers(choices: Choices, passes: ProgramAt) -> bool:
    """Whether the files would say what the page is still to ask."""
    return bool(choices.quiz.ask) and choices.step < len(passes.steps) - 1


def export_file(choices: Choices, kind: str) -> File:
    """Return the program of these choices as a file.

    Raises:
        UnknownNameError: there is no such kind.
        ChoiceError: the program cannot be read, or the file would hold the answers.
        LimitError: the file would be too long.
    """
    if kind not in KINDS:
        raise UnknownNameError(
            f"There is no export “{kind[:40]}”.", hint=f"There are {', '.join(KINDS)}.", at="lesson"
        )
    passes = passes_of(choices)
    if holds_answers(choices, passes):
        raise ChoiceError(
            "This file holds the answers.", hint="It opens at the end of the pass.", at="ask"
        )
    found = KINDS[kind]
    return File(found.file, found.write(passes.program), found.mimetype)
