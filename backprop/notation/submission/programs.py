r"""A claimed gradient of a program of arrays: read with the program it belongs to, and checked.

The program stands first, its lines as /arrays reads them, then what the learner's code
prints; or all of it in one JSON document:

    W : 2 x 3 = random 1                    {"program": "W : 2 x 3 = random 1\nL = sum(tanh(W))",
    L = sum(tanh(W))                         "gradient": {"W": [[…], […]]}}
    dW = [[ 0.91 …

Gradients of lines, such as dZ, may stand beside those of the leaves: they tell where it begins to
be wrong.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backprop.engine.arrays.uses import uses
from backprop.engine.backward import differentiate
from backprop.engine.differences.precision import find_precision
from backprop.engine.errors import InputError, PointError, ShapeError
from backprop.engine.network import Array
from backprop.engine.program import Program, program
from backprop.engine.trace import Trace
from backprop.notation.names import first_names
from backprop.notation.submission.place import zero_decimals
from backprop.notation.submission.printed import (
    KINDS,
    decode_text,
    find_kind,
    group_arrays,
    read_arrays,
)
from backprop.notation.submission.printed_json import read_document

LEAF = re.compile(r"\s*[^\W\d]\w*\s*:\s*(?:given|index)?\s*(?:\d+(?:\s*[x×]\s*\d+)*|scalar)\s*=")
NUMBERS = re.compile(
    r"\s*(?:[^\W\d][\w.\[\]'\"∂/]*\s*[=:]\s*)?"
    r"(?:$|\[|(?:np\.|numpy\.|torch\.)?(?:array|tensor|Array)\(|[-+]?\d[\d.eE+-]*\s*$)"
)
BEFORE = ("", "d", "grad_", "grad.", "gradient.", "g_", "dL_d", "dLd", "∂L/∂", "dL/d")
AFTER = ("", ".grad", "_grad")


@dataclass(frozen=True, slots=True, eq=False)
class ProgramSubmission:
    """A claimed gradient of a program.

    Attributes:
        program: the function, with its point.
        trace: the right pass.
        gradient: the claim, an array for each leaf that has a gradient, of its shape.
        lines: claimed gradients of lines that compute something, where they were given.
        source: what it was read from, in words.
        notes: what was passed over or reshaped, in sentences.
        decimals: of the zeros in the text, 4 for 0.0000; 0 where they do not tell.
    """

    program: Program
    trace: Trace
    gradient: Mapping[str, Array]
    lines: Mapping[str, Array]
    source: str
    notes: tuple[str, ...] = ()
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class WrongLine:
    """The first gradient that is wrong on the way back.

    Attributes:
        name: dW, dZ.
        sentence: what is wrong with it, and which line sends it.
    """

    name: str
    sentence: str


def read_program_submission(given: str | bytes) -> ProgramSubmission | None:
    """Return the claim that a text makes of a program; None where there is no program in it.

    Raises:
        InputError: the program or the gradient cannot be read, or they do not fit.
    """
    if find_kind(given) in ("npz", "npy"):
        return None
    text = decode_text(given)
    if find_kind(text) == "json":
        return _from_document(text)
    before, after = split_program(text)
    if not before:
        return None
    if not after.strip():
        what = "There is a program, and no gradient."
        raise PointError(what, hint="Below it put what your code prints: dW = [[…]].", at="given")
    made = program(before)
    return _claimed(made, read_arrays(after), "a program and a print", zero_decimals(after))


def split_program(text: str) -> tuple[str, str]:
    """Return a program and what stands below it; an empty program where the text begins with none.

    It ends before the first line that holds numbers alone, as a print of an array does.
    """
    lines = text.splitlines()
    begins = next((k for k, line in enumerate(lines) if line.strip(" \t#")), len(lines))
    if begins == len(lines) or not LEAF.match(lines[begins]):
        return "", text
    for k, line in enumerate(lines):
        if k > begins and line.strip() and not LEAF.match(line) and NUMBERS.match(line):
            return "\n".join(lines[:k]).strip(), "\n".join(lines[k:])
    return text.strip(), ""


def _from_document(text: str) -> ProgramSubmission | None:
    document = read_document(text)
    if "program" not in document:
        return None
    typed = document["program"]
    if not isinstance(typed, str):
        raise InputError("The program is no text.", hint='Give it as in "L = sum(W)".', at="given")
    at = group_arrays(document.get("at", {}), text)
    made = program(typed, at)
    arrays = group_arrays(document.get("gradient", {}), text)
    return _claimed(made, arrays, KINDS["json"], zero_decimals(text))


def _claimed(
    made: Program, arrays: Mapping[str, Array], source: str, decimals: int
) -> ProgramSubmission:
    results = [line.name for line in made.lines if line.kind == "result"]
    known = dict.fromkeys((*made.parameters, *results))
    found: dict[str, Array] = {}
    notes, unknown = [], []
    for name, array in arrays.items():
        ours = _named(name, known)
        if not ours:
            unknown.append(name)
            continue
        found[ours], note = _shaped(ours, array, made.shape(ours))
        notes += [note] if note else []
    missing = [name for name in made.parameters if name not in found]
    if missing:
        what = f"Nothing is said of {first_names([f'd{name}' for name in missing])}."
        listed = first_names([f"d{name}" for name in made.parameters])
        raise PointError(what, hint=f"Give an array for each leaf: {listed}.", at="given")
    if unknown:
        notes.append(f"{first_names(unknown)}: no line of the program is called so; passed over.")
    return ProgramSubmission(
        program=made,
        trace=differentiate(made, made.at),
        gradient={name: found[name] for name in made.parameters},
        lines={name: found[name] for name in results if name in found},
        source=source,
        notes=tuple(notes),
        decimals=decimals,
    )


def _named(name: str, known: Mapping[str, Any]) -> str:
    """Return the line that a name is about: dW, W.grad, grad_W, or W itself; empty for none."""
    bare = name.strip("[]'\" ")
    for before in BEFORE:
        for after in AFTER:
            inner = bare.removeprefix(before).removesuffix(after)
            if before + inner + after == bare and inner in known:
                return inner
    return ""


def _shaped(name: str, array: Array, shape: tuple[int, ...]) -> tuple[Array, str]:
    if array.shape == shape:
        return array, ""
    lengths = [[n for n in each if n != 1] for each in (array.shape, shape)]
    if lengths[0] != lengths[1]:
        what = f"The gradient of “{name}” is shaped {list(array.shape)}."
        raise ShapeError(what, hint=f"“{name}” is shaped {list(shape)}.", at="given")
    return array.reshape(shape), f"d{name} is {list(array.shape)}; I took it for {list(shape)}."


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A claim beside the exact gradient.

    Attributes:
        exact: of each leaf and line that is claimed, by name.
        allowed: how far the rounding of its digits may have moved each entry.
        words: what its digits are due to; empty where they are many.
    """

    exact: Mapping[str, Array]
    allowed: Mapping[str, Array]
    words: str = ""
    wrong: tuple[str, ...] = field(default=())


def compare(submission: ProgramSubmission, agrees: float) -> Compared:
    """Return a claim beside the exact gradient; `agrees` is a relative difference that is none."""
    trace, claimed = submission.trace, {**submission.gradient, **submission.lines}
    exact = {
        name: np.broadcast_to(trace.gradients[trace.graph.position(name)], array.shape)
        for name, array in claimed.items()
    }
    precision = find_precision(claimed, submission.decimals)
    largest = max((float(np.max(np.abs(a), initial=0.0)) for a in exact.values()), default=0.0)
    noise = 64 * math.ulp(1.0) * largest
    wrong = []
    with np.errstate(all="ignore"):
        for name, array in claimed.items():
            most = np.maximum(precision.allowed[name] + noise, agrees * np.abs(exact[name]))
            if not np.all(np.abs(array - exact[name]) <= most):
                wrong.append(name)
    return Compared(exact, precision.allowed, precision.words, tuple(wrong))


def first_wrong_line(submission: ProgramSubmission, compared: Compared) -> tuple[WrongLine, ...]:
    """Return the gradients that are wrong in the order of the way back, the first one in words."""
    order: dict[str, str] = {}  # what receives, and the line that sends to it last
    for use in uses(submission.program):
        order[use.name] = use.line
    last = submission.program.nodes[submission.program.output].name
    names = [name for name in (last, *_complete(submission.program)) if name in compared.wrong]
    return tuple(WrongLine(f"d{name}", _told(name, order.get(name, ""), submission, compared))
                 for name in names)  # fmt: skip


def _complete(made: Program) -> list[str]:
    """Return the names that receive a gradient, in the order in which these are complete."""
    ends: dict[str, int] = {}
    for k, use in enumerate(uses(made)):
        ends[use.name] = k
    return sorted(ends, key=lambda name: ends[name])


def _told(name: str, line: str, submission: ProgramSubmission, compared: Compared) -> str:
    claimed = {**submission.gradient, **submission.lines}[name]
    with np.errstate(all="ignore"):
        apart = np.nan_to_num(np.abs(claimed - compared.exact[name]), nan=np.inf)
    at = np.unravel_index(int(np.argmax(apart)), apart.shape)
    entry = f"d{name}[{','.join(str(int(i)) for i in at)}]" if at else f"d{name}"
    yours, right = float(claimed[at]), float(compared.exact[name][at])
    sent = f" Line {line} sends it" if line else ""
    text = next((u.text for u in uses(submission.program) if (u.line, u.name) == (line, name)), "")
    rule = f": {text}." if text else "."
    ending = f"{sent}{rule}" if sent else ""
    return (
        f"d{name} is the first that is wrong on the way back: {entry} is {yours:.6g}, and "
        f"{right:.6g} is right.{ending}"
    )
