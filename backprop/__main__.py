"""The same verbs on the command line: every step of both passes, and the check."""

import argparse
import json
import math
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from backprop.engine.backward import differentiate
from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.report import Report
from backprop.engine.differences.verdict import Answer
from backprop.engine.errors import InputError, PointError, UnknownNameError
from backprop.engine.expression import parse
from backprop.engine.network import LAST, LOSSES, OF_CLASSES, Network
from backprop.engine.program import program
from backprop.engine.tokens import tokens
from backprop.engine.trace import Step, Trace
from backprop.notation.export.programs.code import jax_program, numpy_program, pytorch_program
from backprop.notation.export.programs.latex import latex_program
from backprop.notation.program_data import program_data, read_entries
from backprop.notation.program_text import program_text
from backprop.notation.submission.judgement import judge
from backprop.notation.submission.place import MOST_BYTES
from backprop.notation.submission.read import read_submission
from backprop.training.optimizers import OPTIMIZERS, Optimizer

EXAMPLES = """\
examples:
  python -m backprop "(x + y) * z" x=-2 y=5 z=-4
  python -m backprop "sigmoid(w*x + b)" w=0,5 x=2 b=-1 --json
  python -m backprop --network 2,2,2 --x 0.05,0.1 --y 0.01,0.99 --optimizer adam
  python -m backprop --network 2,3,1 --activations tanh,sigmoid w1_1_1=0.5 --detail operations
  python -m backprop check FILE          is this gradient right? (check --help says more)
  python -m backprop program FILE        named lines of arrays (program --help says more)
  python -m backprop serve               the whole app on this machine (serve --help says more)
"""
CHECK = """\
FILE is JSON, CSV, arrays as NumPy or PyTorch print them, or an .npz file; - reads standard input.
It holds W1, b1, …, X, Y and the gradients dW1, db1, … (W1.grad works too). JSON can name the
network as well: {"sizes": [2, 2, 2], "activations": ["sigmoid", "sigmoid"], "loss":
"half_squared_error", "parameters": {…}, "X": …, "Y": …, "gradient": {…}}.
exit status: 0 the gradient is right, 1 it is wrong, 2 the file cannot be read, 3 the gradient
cannot be judged
"""
PROGRAM = """\
FILE holds a leaf or a result on each line; - reads standard input. The last line is a number:
  X : given 4 x 3 = random 1
  W : 2 x 3 = random 2 * 0.5
  L = mean(tanh(X @ W.T))
"""
WRITERS = {  # of a program, in other languages
    **{"numpy": numpy_program, "pytorch": pytorch_program},
    **{"jax": jax_program, "latex": latex_program},
}
STATUS = {Answer.RIGHT: 0, Answer.WRONG: 1, Answer.OPEN: 3}
NUMBER = re.compile(r"(?<![\w.])[0-9]+(?:\.[0-9]*)?(?:e[-+]?[0-9]+)?(?![\w.])")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise InputError(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what the arguments ask for, and return the exit status: 2 when they are wrong.

    A gradient that was checked has the status 1 if it is wrong, and 3 if it cannot be judged.
    """
    words = sys.argv[1:] if arguments is None else arguments
    try:
        if words and words[0] == "check":
            return _check(words[1:])
        if words and words[0] == "program":
            return _program(words[1:])
        if words and words[0] == "serve":
            from backprop.web.operating.serve import serve

            return serve(words[1:])
        options = _options(words)
        output = _of_network(options) if options.network else _of_expression(options)
    except InputError as error:
        print(f"backprop: {error}", file=sys.stderr)
        return 2
    return _print(output["json"] if options.json else output["text"])


def _print(text: str) -> int:
    try:
        print(text, flush=True)
    except BrokenPipeError:  # as in `| head`; what is left must not be written at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def _check(words: Sequence[str]) -> int:
    """Print what is right and wrong of the gradient in a file; return its STATUS."""
    parser = _Parser(
        prog="python -m backprop check",
        description="Is this gradient right? Every entry beside the exact one, the worst first.",
        epilog=CHECK,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("file", metavar="FILE", help="what to check; - is standard input")
    add("--network", metavar="SIZES", help="for a file that does not name it, as in 2,2,2")
    add("--activations", metavar="NAMES", help="one, or one a layer (default: sigmoid)")
    add("--loss", default="half_squared_error", help=f"one of {', '.join(LOSSES)}")
    add("--json", action="store_true", help="print data instead of a table")
    add("--all", action="store_true", help="print every entry, not the worst 40 only")
    options = parser.parse_args(words)
    network = _network(options) if options.network else None
    named = bool(options.activations) or options.loss != parser.get_default("loss")
    judgement = judge(read_submission(_bytes_of(options.file), network, settled=named))
    status = _print(
        _json(judgement.data()) if options.json else judgement.text(everything=options.all)
    )
    return status or STATUS[judgement.verdict.answer]


def _program(words: Sequence[str]) -> int:
    """Print both passes of the program in a file."""
    parser = _Parser(
        prog="python -m backprop program",
        description="The value, each line and the gradient of a program of arrays.",
        epilog=PROGRAM,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="named lines; - is standard input")
    parser.add_argument(
        "--at", metavar="JSON", help='a file that gives leaves values: {"W": [[…]]}'
    )
    parser.add_argument("--json", action="store_true", help="print data instead of tables")
    parser.add_argument(
        "--as", dest="written", choices=tuple(WRITERS), help="print the program as code, or LaTeX"
    )
    options = parser.parse_args(words)
    text = _bytes_of(options.file).decode("utf-8-sig", errors="replace")
    at = _values(_bytes_of(options.at)) if options.at else {}
    try:
        found = program(text, at)
        if options.written:
            return _print(WRITERS[options.written](found).rstrip("\n"))
        data = program_data(found)
    except InputError as error:
        raise _placed(error, text) from None
    return _print(_json(data) if options.json else program_text(found, data))


def _values(document: bytes) -> dict[str, Any]:
    """Return the arrays that a JSON document gives to names."""
    try:
        given = json.loads(document)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise InputError("The values are not a JSON object.", hint='Write {"W": [[1, 2]]}.')
    return {name: read_entries(given[name], name, _entry) for name in given}


def _entry(value: Any, name: str) -> float:
    if isinstance(value, str) and value in ("NaN", "Infinity", "-Infinity"):
        return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) <= sys.float_info.max or value != value else math.inf
    raise PointError(f"A value of “{name}” is not a number.", hint="Write 0.5.", at=name)


def _placed(error: InputError, text: str) -> InputError:
    """Return an error of a program with its line and place, and that line."""
    if not isinstance(error.at, int):
        return error
    before = text[: error.at]
    line, place = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1)
    shown = (text.splitlines() or [""])[min(line, len(text.splitlines()) or 1) - 1]
    what = f"line {line}, place {place + 1}: {error}\n  {shown}\n  {' ' * place}^"
    return InputError(what)


def _bytes_of(name: str) -> bytes:
    """Return what a file holds, cut off just above the limit that the reader has."""
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise InputError(f"“{name}” cannot be read: {reason}.") from None


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(
        prog="python -m backprop",
        description="Every step of a forward and a backward pass, and the check by nudging.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("words", nargs="*", metavar="FORMULA NAME=VALUE", help="a function and where to look")
    add("--json", action="store_true", help="print data instead of tables")
    add("--network", metavar="SIZES", help="one round of a network instead, as in 2,2,2")
    add("--activations", metavar="NAMES", help="one, or one a layer (default: sigmoid)")
    add("--loss", default="half_squared_error", help=f"one of {', '.join(LOSSES)}")
    add("--seed", type=_seed, default=1, help="chooses the weights, and what else is not given")
    add("--x", metavar="NUMBERS", help="the inputs")
    add("--y", metavar="NUMBERS", help="the targets")
    add("--detail", choices=("operations", "neurons"), default="neurons")
    add("--optimizer", default="gradient_descent", help=f"one of {', '.join(OPTIMIZERS)}")
    add("--learning-rate", metavar="NUMBER", help="default: the optimizer's own")
    # A word such as -x^2 or -1,2 is no option; with a space before it argparse sees that too.
    return parser.parse_args(
        [f" {word}" if re.match("-[^-]", word) and word != "-h" else word for word in words]
    )


def _of_expression(options: argparse.Namespace) -> dict[str, str]:
    """Return the passes and the check of a typed function, as text and as JSON."""
    if not options.words:
        raise InputError("There is no formula.", hint='Say one, as in "(x + y) * z" x=-2 y=5 z=-4.')
    formula, *values = options.words
    graph, at = parse(formula), _point(values)
    missing = [name for name in graph.variables if name not in at]
    if missing:
        has = "have no value" if len(missing) > 1 else "has no value"
        hint = f"Say {' '.join(f'{name}=1' for name in missing)}."
        raise PointError(f"{', '.join(missing)} {has}.", hint=hint, at=missing[0])
    trace, report = differentiate(graph, at), check_gradient(graph, at)
    place = ", ".join(f"{name} = {_shown(at[name])}" for name in graph.variables)
    title = f"f = {formula.strip()}" + (f"   at {place}" if place else "")
    text = "\n\n".join([title, *_passes(trace), _check_table(report)])
    return {"text": text, "json": _json(_as_data(trace, report))}


def _of_network(options: argparse.Namespace) -> dict[str, str]:
    """Return one round of a network: both passes, the check, and what an optimizer makes of it."""
    network, optimizer = _network(options), _optimizer(options)
    x, y = _example(network, options)
    parameters = network.initialize(seed=options.seed)
    scalars = network.scalars(parameters)
    for name, value in _point(options.words).items():
        if name not in scalars:
            hint = f"The parameters are {', '.join(scalars)}."
            raise PointError(f"There is no parameter “{name}”.", hint=hint, at=name)
        scalars[name] = value
    parameters = network.arrays(scalars)
    graph, at = network.graph(options.detail), network.point(parameters, x, y)
    trace, report = differentiate(graph, at), check_gradient(graph, at)

    gradient = network.arrays(dict(trace.gradient))
    moves, _ = optimizer.step(gradient, optimizer.start(parameters), parameters)
    with np.errstate(all="ignore"):
        moved = {name: parameters[name] + moves[name] for name in parameters}
    after, _ = network.loss_and_gradient(moved, [x], [y])
    move, new = network.scalars(moves), network.scalars(moved)

    title = f"a network of {options.network}, {', '.join(network.activations)}, {network.loss}"
    given = f"  x = {', '.join(map(_shown, x))}   y = {', '.join(map(_shown, y))}"
    rows = [(name, scalars[name], trace.gradient[name], move[name], new[name]) for name in scalars]
    update = _table(("parameter", "value", "gradient", "move", "new value"), rows)
    heading = f"update: by {optimizer.title}, another machine: a gradient goes in, a move comes out"
    losses = f"  loss before {_shown(trace.value)}, after {_shown(after)}"
    parts = [title, given, *_passes(trace), _check_table(report), f"{heading}\n{update}\n{losses}"]
    data = _as_data(trace, report) | {
        "update": {"optimizer": optimizer.name, "move": move, "parameters": new, "loss": after}
    }
    return {"text": "\n\n".join(parts), "json": _json(data)}


def _network(options: argparse.Namespace) -> Network:
    sizes = tuple(_whole(word) for word in options.network.split(","))
    layers = len(sizes) - 1
    last = LAST.get(options.loss, "sigmoid")
    chosen = (*["sigmoid"] * (layers - 1), last)
    if options.activations:
        chosen = tuple(word.strip() for word in options.activations.split(","))
        chosen = chosen * layers if len(chosen) == 1 else chosen
    return Network(sizes, chosen, options.loss)


def _optimizer(options: argparse.Namespace) -> Optimizer:
    if options.optimizer not in OPTIMIZERS:
        hint = f"I know {', '.join(OPTIMIZERS)}."
        raise UnknownNameError(f"“{options.optimizer}” is not an optimizer I know.", hint=hint)
    kind = OPTIMIZERS[options.optimizer]
    return kind() if options.learning_rate is None else kind(_number(options.learning_rate))


def _example(network: Network, options: argparse.Namespace) -> tuple[list[float], list[float]]:
    """Return inputs and targets: those that were given, or seeded ones."""
    rng = np.random.default_rng(options.seed)
    x = rng.uniform(-1, 1, network.sizes[0]).round(2).tolist()
    y = rng.uniform(0, 1, network.sizes[-1]).round(2).tolist()
    if network.loss in (*OF_CLASSES, "binary_cross_entropy"):  # a class, not a size
        y = [float(i == 0) for i in range(network.sizes[-1])]
    return _numbers(options.x) or x, _numbers(options.y) or y


def _point(words: Iterable[str]) -> dict[str, float]:
    """Return the numbers that words such as x=-2 give to names."""
    point: dict[str, float] = {}
    for word in words:
        name, equals, value = word.strip().partition("=")
        read = tokens(name)
        if not equals or [token.kind for token in read] != ["variable", "end"]:
            hint = "Say NAME=VALUE, as in x=-2; e and pi are constants."
            raise PointError(f"“{word.strip()}” gives no variable a value.", hint=hint, at=name)
        if read[0].text in point:
            raise PointError(f"“{name}” has two values.", hint="Say one.", at=name)
        point[read[0].text] = _number(value)
    return point


def _number(text: str) -> float:
    try:
        return float(text.replace("−", "-").replace(",", "."))
    except ValueError:
        raise PointError(f"“{text}” is not a number.", hint="Numbers look like -0.5.") from None


def _numbers(text: str | None) -> list[float]:
    """Return the numbers of a list: 0.05,0.1 or, with decimal commas, 0,05;0,1."""
    separator = ";" if text and ";" in text else ","
    return [_number(word) for word in text.split(separator)] if text else []


def _seed(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"“{text}” is not a seed; one is 0, 1, 2 …")
    return int(text)


def _whole(text: str) -> int:
    if not re.fullmatch(" *[0-9]{1,6} *", text):
        raise PointError(f"“{text}” is not a size.", hint="Sizes look like 2,3,1.", at="network")
    return int(text)


def _shown(number: float) -> str:
    """Return a number with 6 significant digits."""
    if math.isfinite(number):
        return f"{number + 0.0:.6g}"  # -0 is shown as 0
    return str(_as_json(number))


def _shortened(formula: str) -> str:
    """Return a formula whose numbers have 6 significant digits."""
    return NUMBER.sub(lambda match: _shown(float(match[0])), formula)


def _passes(trace: Trace) -> tuple[str, str]:
    """Return the table of the forward pass and that of the backward pass."""
    ahead = _lines(*(_line(step, step.name) for step in trace.forward_steps))
    back = _lines(*(_line(step, f"g({step.name})") for step in trace.backward_steps))
    title = "backward pass: g(v) is the slope of the result by v"
    return f"forward pass\n{ahead or '  nothing to compute'}", f"{title}\n{back}"


def _line(step: Step, name: str) -> tuple[str, ...]:
    parts = (name, _shortened(step.rule), _shortened(step.numbers), _shown(step.result))
    return tuple(f"= {part}" if i else part for i, part in enumerate(parts))


def _check_table(report: Report) -> str:
    rows = [(row.name, row.analytic, row.numeric, row.relative) for row in report.rows]
    header = ("parameter", "gradient", "by finite differences", "relative difference")
    return f"check: by central differences\n{_table(header, rows)}\n  {report.sentence}"


def _table(header: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    return _lines(header, *((name, *map(_shown, numbers)) for name, *numbers in rows))


def _lines(*rows: tuple[str, ...]) -> str:
    """Return rows as lines whose columns are aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(f"  {line}" for line in lines)


def _as_data(trace: Trace, report: Report) -> dict[str, Any]:
    """Return both passes and the check in the shape of the API."""
    names = [node.name for node in trace.graph.nodes]
    return {
        "value": trace.value,
        "gradient": dict(trace.gradient),
        "steps": [_step_data(step, names) for step in trace.steps],
        "check": [
            {name: getattr(row, name) for name in type(row).__slots__} for row in report.rows
        ],
    }


def _step_data(step: Step, names: list[str]) -> dict[str, Any]:
    shown = {key: getattr(step, key) for key in ("phase", "name", "rule", "numbers", "result")}
    terms = [
        {"later": names[term.edge.later]}
        | {key: getattr(term, key) for key in ("arriving", "local", "product", "total")}
        for term in step.terms
    ]
    return shown | {"terms": terms}


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(_as_json(document), ensure_ascii=False, indent=2, allow_nan=False)


def _as_json(plain: Any) -> Any:
    """Return data in which NaN and ±∞ are words, as JSON has none of them."""
    if isinstance(plain, dict):
        return {key: _as_json(value) for key, value in plain.items()}
    if isinstance(plain, np.ndarray | np.generic):
        return _as_json(plain.tolist())
    if isinstance(plain, list | tuple):
        return [_as_json(value) for value in plain]
    if isinstance(plain, float) and not math.isfinite(plain):
        return "NaN" if math.isnan(plain) else "Infinity" if plain > 0 else "-Infinity"
    return plain


if __name__ == "__main__":
    sys.exit(main())
