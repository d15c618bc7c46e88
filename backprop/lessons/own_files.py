"""What the page hands out: starters with the network here filled in, and the worked examples."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from backprop.engine.errors import UnknownNameError
from backprop.lessons.lesson import File
from backprop.lessons.own_choices import Choices, given_by
from backprop.notation.fixtures import fixtures
from backprop.notation.starter import json_starter, numpy_starter, pytorch_starter


@dataclass(frozen=True, slots=True)
class Starter:
    """One kind of starter.

    Attributes:
        title, about: on the page.
        name: of the file.
        mimetype: of the file.
        write: network, parameters, X, Y → the text.
    """

    title: str
    about: str
    name: str
    mimetype: str
    write: Callable[..., str]


STARTERS: Mapping[str, Starter] = MappingProxyType(
    {
        "numpy.py": Starter(
            "NumPy",
            "The forward pass is written; the function backward is yours. It prints JSON.",
            "starter_numpy.py",
            "text/plain",
            numpy_starter,
        ),
        "pytorch.py": Starter(
            "PyTorch",
            "The same network with autograd, to compare with your own layers. It prints JSON.",
            "starter_pytorch.py",
            "text/plain",
            pytorch_starter,
        ),
        "json": Starter(
            "JSON",
            "Conventions, weights, inputs and targets, for any language; the gradient is 0.",
            "starter.json",
            "application/json",
            json_starter,
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
    starter, given = STARTERS[kind], given_by(choices)
    text = starter.write(given.network, given.parameters, given.X, given.Y)
    return File(starter.name, text, starter.mimetype)


@lru_cache(maxsize=1)
def worked() -> Mapping[str, Worked]:
    """Return the worked examples by name."""
    found = {name: Worked(json.loads(text)["title"], text) for name, text in fixtures().items()}
    return MappingProxyType(found)


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
