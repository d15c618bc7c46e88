"""What the page hands out: starters with the network here filled in, and the worked examples."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from backprop.engine.errors import UnknownNameError
from backprop.lessons.own_gradient.choices import Choices, check_bounded, make_given
from backprop.notation.export.examples import (
    PROGRAM_SLIP,
    has_steps,
    program_example,
    right_example,
    slip_example,
    steps_example,
)
from backprop.notation.export.fixtures import fixtures
from backprop.notation.export.starter import json_starter, numpy_starter, pytorch_starter
from backprop.stage.lesson import File


@dataclass(frozen=True, slots=True)
class Starter:
    """One kind of starter, and the file that it is."""

    title: str
    about: str
    name: str
    mimetype: str
    write: Callable[..., str]  # network, parameters, X, Y → the text


STARTERS: Mapping[str, Starter] = MappingProxyType(
    {
        "numpy.py": Starter(
            "NumPy",
            "The forward pass is written; the function backward is yours. It prints JSON.",
            *("starter_numpy.py", "text/plain", numpy_starter),
        ),
        "pytorch.py": Starter(
            "PyTorch",
            "The same network with autograd, to compare with your own layers. It prints JSON.",
            *("starter_pytorch.py", "text/plain", pytorch_starter),
        ),
        "json": Starter(
            "JSON",
            "Conventions, weights, inputs and targets, for any language; the gradient is 0.",
            *("starter.json", "application/json", json_starter),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Worked:
    """A worked example: its title, and its JSON."""

    title: str
    text: str


def starter_file(choices: Choices, kind: str) -> File:
    """Return a starter for the network here, into which a learner fills their backward pass.

    Raises:
        UnknownNameError: there is no such starter.
        InputError: the network cannot be made, or is too large for a file.
    """
    if kind not in STARTERS:
        raise UnknownNameError(
            f"There is no starter “{kind[:40]}”.",
            hint=f"There are {', '.join(STARTERS)}.",
            at="lesson",
        )
    starter, given = STARTERS[kind], make_given(choices)
    return File(starter.name, starter.write(*given.at), starter.mimetype)


@lru_cache(maxsize=1)
def worked() -> Mapping[str, Worked]:
    """Return the worked examples by name."""
    texts = fixtures().items()
    return MappingProxyType({name: Worked(json.loads(text)["title"], text) for name, text in texts})


def worked_file(_: Choices, name: str) -> File:
    """Return a worked example, with its gradient.

    Raises:
        UnknownNameError: there is none of this name.
    """
    if name not in worked():
        raise UnknownNameError(
            f"There is no worked example “{name[:40]}”.",
            hint="“Bring your own gradient” lists them all.",
            at="lesson",
        )
    return File(f"{name}.json", worked()[name].text, "application/json")


RIGHT, SLIP, STEPS = "right", "slip", "steps"
OF_ARRAYS, OF_ARRAYS_SLIP = "program", "program-slip"


def example_text(choices: Choices) -> str:
    """Return the example that was chosen; nothing where none was.

    Raises:
        UnknownNameError: there is no example of this name, or not for this network.
        LimitError: it would take too long to be judged.
    """
    given, name = make_given(choices), choices.example
    if name in (RIGHT, SLIP, STEPS):
        check_bounded(given.network, len(given.X), at="rows", printed=True)
    match name:
        case "":
            return ""
        case "program":
            return program_example()
        case "program-slip":
            return program_example(PROGRAM_SLIP)
        case "right":
            return right_example(*given.at)
        case "slip":
            return slip_example(*given.at)
        case "steps" if has_steps(given.network):
            return steps_example(*given.at)
        case _ if name in worked():
            return worked()[name].text
    raise UnknownNameError(
        f"There is no example “{name}” here.",
        hint=f"There are {RIGHT}, {SLIP}, {OF_ARRAYS}, {OF_ARRAYS_SLIP} and, with a hidden layer "
        f"that bends, {STEPS}.",
        at="given",
    )
