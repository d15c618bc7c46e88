"""What a step says: a headline, the rule in letters and in numbers, the answer, one sentence.

Every number comes from the round's trace; every rule from the operation's row.
"""

from collections.abc import Callable
from dataclasses import dataclass

from backprop.drawing.curve import Curve, curve
from backprop.engine.ops import ArrayOperation, Operation, find_operation
from backprop.engine.trace import Term
from backprop.lessons.round import Round
from backprop.lessons.round_walk import Stop
from backprop.notation.derivation import Equation, Piece, Product, equation, product
from backprop.notation.formula import Formula, Label, Number, Row, Text, partial
from backprop.notation.numerals import Written, adds_up, aloud, short
from backprop.notation.steps import local_formula, value_equation

Words = tuple[str | Label, ...]
Labels = Callable[[str], Label]

SAME = 1e-4  # a relative difference up to which two slopes count as one
PRODUCTS = ("multiply", "weighted_sum")  # whose local derivative is another input's value


@dataclass(frozen=True, slots=True)
class Line:
    """One part of the answer: a badge that ties it to the picture, words, and its number."""

    words: Words
    number: Number
    points_to: str = ""
    badge: str = ""
    curve: Curve | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """The same slope by finite differences, beside the answer."""

    numeric: Number
    relative: float
    words: Words

    @property
    def agrees(self) -> bool:
        """Whether both ways come to the same."""
        return self.relative <= SAME


@dataclass(frozen=True, slots=True)
class Telling:
    """Everything that one step says."""

    phase: str
    headline: Words
    lede: Words
    equation: Equation | None  # of a value: letters, numbers, result
    products: tuple[Product, ...]  # one for each path of a gradient
    result_words: Words
    result: Number | None
    lines: tuple[Line, ...]
    sentence: Words
    check: Check | None = None

    @property
    def aloud(self) -> str:
        """The step as one sentence, for a screen reader."""
        asked = spoken(self.headline)
        answer = f" {aloud(self.result.exact)}." if self.result else ""
        return f"{asked}{answer} {spoken(self.sentence)}".strip()


def spoken(words: Words) -> str:
    """Return words as plain text; labels are read aloud."""
    return "".join(map(str, words))


def number(x: float, tone: str = "") -> Number:
    """Return a number as it stands in words and formulas."""
    return Number(short(x), x, tone)


def tell(found: Round, stop: Stop, label: Labels) -> Telling:
    """Return what a step of the walk says."""
    if stop.kind == "value":
        return _tell_value(found, stop, label)
    if stop.kind == "slope":
        return _tell_slope(found, stop, label) if found.trace.terms[stop.node] else _base(label)
    return _tell_whole(found, label) if stop.kind == "whole" else _tell_update(found, label)


def _name(found: Round, position: int) -> str:
    return found.graph.nodes[position].name


def _shown(found: Round, position: int, label: Labels) -> str | Label:
    node = found.graph.nodes[position]
    return label(node.name) if node.number is None else short(node.number)


def _row(found: Round, position: int) -> Operation:
    row = found.graph.row(position)
    assert not isinstance(row, ArrayOperation), "the walk goes through scalars"
    return row


# Forward


def _tell_value(found: Round, stop: Stop, label: Labels) -> Telling:
    own, row = label(stop.name), _row(found, stop.node)
    computed = value_equation(found.graph, stop.node, found.trace.values, label)
    result = computed.sides[-1][1]
    assert isinstance(result, Number), "an equation ends with its value"
    is_loss = stop.name == "L"
    return Telling(
        phase=stop.phase,
        headline=("How far off is the network?",) if is_loss else ("What is ", own, "?"),
        lede=_how(found, stop, row, label),
        equation=computed,
        products=(),
        result_words=(own,),
        result=result,
        lines=_parts(found, stop, row, label),
        sentence=_after_value(found, stop, row, label),
    )


def _how(found: Round, stop: Stop, row: Operation, label: Labels) -> Words:
    inputs = found.graph.nodes[stop.node].inputs
    if row.name == "weighted_sum":
        return ("Weigh what comes in, then add the bias.",)
    if stop.name == "L":
        return (f"The loss is one number: the {row.title} of outputs and targets.",)
    if len(inputs) == 1:
        return (f"Take the {row.title} of ", _shown(found, inputs[0], label), ".")
    first, second = (_shown(found, i, label) for i in inputs[:2])
    return (f"The {row.title} of ", first, " and ", second, ".")


def _parts(found: Round, stop: Stop, row: Operation, label: Labels) -> tuple[Line, ...]:
    """Return what a value is made of, one line a part."""
    inputs = found.graph.nodes[stop.node].inputs
    values = found.trace.values
    if row.name == "weighted_sum":
        half = len(inputs) // 2
        pairs = zip(inputs[:half], inputs[half:-1], strict=True)
        lines = [
            Line(
                (_shown(found, w, label), " · ", _shown(found, x, label)),
                number(values[w] * values[x], "forward"),
                f"n-{_name(found, w)}",
            )
            for w, x in pairs
        ]
        bias = inputs[-1]
        own = number(values[bias], "forward")
        return (*lines, Line((_shown(found, bias, label),), own, f"n-{_name(found, bias)}"))
    if stop.name == "L" and len(inputs) >= 2 and row.name in _SHARES:
        return _SHARES[row.name](found, row, inputs, label)
    if len(inputs) == 1:
        x = values[inputs[0]]
        words = (f"{row.title.capitalize()} at ", _shown(found, inputs[0], label), f" = {short(x)}")
        result = number(values[stop.node], "forward")
        edge = f"e-{_name(found, inputs[0])}-{stop.name}"
        return (Line(words, result, edge, curve=curve(row, x)),)
    return ()


def _shares_of_squares(
    found: Round, row: Operation, inputs: tuple[int, ...], label: Labels
) -> tuple[Line, ...]:
    """Return what each output adds to a squared error."""
    half, values = len(inputs) // 2, found.trace.values
    one = find_operation(row.name, 2)
    assert isinstance(one, Operation)
    share = half if row.name in ("mean_squared_error", "binary_cross_entropy") else 1
    return tuple(
        Line(
            ("What ", label(_name(found, p)), " adds, of target ", label(_name(found, y))),
            number(float(one.evaluate(values[p], values[y])) / share, "forward"),
            f"n-{_name(found, p)}",
        )
        for p, y in zip(inputs[:half], inputs[half:], strict=True)
    )


def _shares_of_classes(
    found: Round,
    row: Operation,
    inputs: tuple[int, ...],
    label: Labels,  # noqa: ARG001 - called as _shares_of_squares is
) -> tuple[Line, ...]:
    """Return the probability that softmax gives each class: the slope of the loss, plus y."""
    half, values = len(inputs) // 2, found.trace.values
    point = [values[i] for i in inputs]
    slopes = row.local_derivatives(values[found.graph.output], *point)
    return tuple(
        Line(
            ("Softmax gives class ", str(k), " the probability ", Label("y", str(k), hat=True)),
            number(float(slope) + values[y], "forward"),
            f"n-{_name(found, z)}",
        )
        for k, (z, y, slope) in enumerate(
            zip(inputs[:half], inputs[half:], slopes[:half], strict=True), 1
        )
    )


_SHARES = {
    "half_squared_error": _shares_of_squares,
    "mean_squared_error": _shares_of_squares,
    "binary_cross_entropy": _shares_of_squares,
    "cross_entropy": _shares_of_classes,
}


def _after_value(found: Round, stop: Stop, row: Operation, label: Labels) -> Words:
    x = found.trace.values[stop.node]
    if x - x != 0:
        return _named(found, label)
    if stop.name == "L":
        return (
            "0 would mean: every output is its target. From here, go back and ask what moved it.",
        )
    if row.name == "weighted_sum":
        inputs = found.graph.nodes[stop.node].inputs
        values, half = found.trace.values, len(inputs) // 2
        terms = [values[w] * values[v] for w, v in zip(inputs[:half], inputs[half:-1], strict=True)]
        if len(terms) > 4:
            return ("Each weight says how much its input counts; the bias shifts the sum.",)
        written = adds_up([*terms, values[inputs[-1]]], x, "sum")
        return (f"{_sum(written.terms)} {written.sign} {written.result}.",)
    later = [label(_name(found, k)) for k, _ in found.graph.uses()[stop.node]]
    if len(later) > 1:
        uses = [part for each in later for part in (each, ", ")][:-1]
        return ("It is used ", f"{len(later)} times, by ", *uses, ": a fork, to be remembered.")
    return ("It is passed on to ", later[0], ".") if later else ()


def _named(found: Round, label: Labels) -> Words:
    """Return where the first value began that is not a finite number."""
    for node, x in zip(found.graph.nodes, found.trace.values, strict=True):
        if x != x:
            return ("NaN, “not a number”, began at ", label(node.name), ": there ∞ met ∞ or 0.")
        if x - x != 0:
            return ("Overflow at ", label(node.name), ": the number is too large to be stored.")
    return ("The gradient overflowed on its way back.",)


# Backward


def _base(label: Labels) -> Telling:
    loss = label("L")
    return Telling(
        phase="backward",
        headline=("Where does the backward pass begin?",),
        lede=("At the loss itself. This is the base case.",),
        equation=equation(partial(loss, loss), ("=", number(1.0, "backward"))),
        products=(),
        result_words=("slope of ", loss, " by ", loss),
        result=number(1.0, "backward"),
        lines=(),
        sentence=(
            "From here every gradient follows by the same rule: what is known of the next "
            "quantity, times one local derivative.",
        ),
    )


def _tell_slope(found: Round, stop: Stop, label: Labels) -> Telling:
    own = label(stop.name)
    terms = found.trace.terms[stop.node]
    products = tuple(_product(found, term, label, alone=len(terms) == 1) for term in terms)
    slope = found.trace.gradients[stop.node]
    return Telling(
        phase="backward",
        headline=("How much does ", own, " matter?"),
        lede=_why(found, terms, label),
        equation=None,
        products=products,
        result_words=("gradient at ", own),
        result=Number(_written(terms).result, slope, "backward"),
        lines=_paths(found, terms, label)
        if len(terms) > 1
        else _factors(found, terms[0], products[0], label),
        sentence=(*_adds(terms), *_meaning(found, stop, label)),
        check=_check(found, stop.name),
    )


def _why(found: Round, terms: tuple[Term, ...], label: Labels) -> Words:
    own = label(_name(found, terms[0].edge.node))
    if len(terms) > 1:
        return (own, f" reaches the loss in {len(terms)} ways. Take each, and add them up.")
    later = terms[0].edge.later
    if later == found.graph.output:
        return (label("L"), " is computed from ", own, ": one local derivative is enough.")
    return (
        "The gradient at ",
        label(_name(found, later)),
        " is known. Multiply by one local derivative.",
    )


def _product(found: Round, term: Term, label: Labels, *, alone: bool) -> Product:
    """Return one path's product: what arrives, times the local derivative."""
    own, later = (label(_name(found, i)) for i in term.edge[:2])
    loss = label("L")
    local = Piece(
        partial(later, own),
        local_formula(found.graph, term.edge.later, term.edge.which, label),
        term.local,
        _tone(found, term),
        _points_to(found, term),
    )
    pieces = [local]
    if term.edge.later != found.graph.output:
        key = f"n-{_name(found, term.edge.later)}"
        pieces = [Piece(partial(loss, later), Text("known"), term.arriving, "backward", key), local]
    left: Formula = partial(loss, own) if alone else Row((Text("by way of\u00a0"), later))
    return product(left, pieces)


def _written(terms: tuple[Term, ...]) -> Written:
    """Return the last line of a gradient: its factors, or its paths, and what they give."""
    if len(terms) > 1:
        return adds_up([term.product for term in terms], terms[-1].total, "sum")
    return adds_up([terms[0].arriving, terms[0].local], terms[0].product)


def multiplier(found: Round, term: Term) -> int | None:
    """Return the node whose value is the local derivative: the other factor of a product."""
    later = found.graph.nodes[term.edge.later]
    if later.operation not in PRODUCTS or term.edge.which == len(later.inputs) - 1 != 1:
        return None
    half = len(later.inputs) // 2
    if later.operation == "multiply":
        return later.inputs[1 - term.edge.which]
    return later.inputs[(term.edge.which + half) % (2 * half)]


def _tone(found: Round, term: Term) -> str:
    """A forward value that is used again stays blue; a slope computed now is not."""
    return "forward" if multiplier(found, term) is not None else "backward"


def _points_to(found: Round, term: Term) -> str:
    other = multiplier(found, term)
    if other is not None:
        return f"n-{_name(found, other)}"
    return f"e-{_name(found, term.edge.node)}-{_name(found, term.edge.later)}"


def _paths(found: Round, terms: tuple[Term, ...], label: Labels) -> tuple[Line, ...]:
    """Return what each way of a fork adds."""
    shown = zip(terms, _written(terms).terms, strict=True)
    return tuple(
        Line(
            ("By way of ", label(_name(found, term.edge.later))),
            Number(text, term.product, "backward"),
            f"e-{_name(found, term.edge.node)}-{_name(found, term.edge.later)}",
            str(n),
        )
        for n, (term, text) in enumerate(shown, 1)
    )


def _factors(found: Round, term: Term, computed: Product, label: Labels) -> tuple[Line, ...]:
    """Return the factors of a product in words, with the numbers as they stand in it."""
    numbers = [column.lines[-1] for column in computed.columns]
    words, drawn = _local_words(found, term, label)
    local = Line(words, _number(numbers[-1]), _points_to(found, term), str(len(numbers)), drawn)
    if len(numbers) == 1:
        return (local,)
    later = _name(found, term.edge.later)
    reacts: Words = ("How ", label("L"), " reacts to ", label(later))
    return (Line(reacts, _number(numbers[0]), f"n-{later}", "1"), local)


def _number(formula: Formula) -> Number:
    assert isinstance(formula, Number), "a column ends with its number"
    return formula


def _local_words(found: Round, term: Term, label: Labels) -> tuple[Words, Curve | None]:
    """Return what a local derivative is, in words, and its picture where it has one."""
    own, later = (label(_name(found, i)) for i in term.edge[:2])
    row, other = _row(found, term.edge.later), multiplier(found, term)
    if other is not None:
        return ("What ", own, " is multiplied by: ", _shown(found, other, label)), None
    if len(row.inputs) == 1:
        drawn = curve(row, found.trace.values[term.edge.node])
        return (f"Slope of the {row.title} at ", own), drawn
    if row.name in ("add", "weighted_sum"):
        return ("A sum passes a change on as it is",), None
    return ("How ", later, " reacts to ", own), None


def _adds(terms: tuple[Term, ...]) -> Words:
    if not 1 < len(terms) <= 5:
        return ()
    written = _written(terms)
    return (f"{_sum(written.terms)} {written.sign} {written.result}. ",)


def _sum(terms: tuple[str, ...]) -> str:
    """Return terms side by side, a negative one in brackets."""
    return " + ".join(f"({term})" if term.startswith("−") else term for term in terms)


def _meaning(found: Round, stop: Stop, label: Labels) -> Words:
    slope, own, loss = found.trace.gradients[stop.node], label(stop.name), label("L")
    if slope - slope != 0:
        return _named(found, label)
    if slope == 0:
        zero = next((t for t in found.trace.terms[stop.node] if t.local == 0), None)
        if zero is None or len(found.trace.terms[stop.node]) > 1:
            return ("Exactly 0: moving ", own, " a little does not move ", loss, ".")
        return ("Exactly 0, because one factor is 0: nothing passes here.",)
    way = "lowers" if slope < 0 else "raises"
    sign = "Negative" if slope < 0 else "Positive"
    size = short(abs(slope))
    return (
        *(f"{sign}, so raising ", own, f" {way} ", loss),
        f": a small step moves it {size} times as far.",
    )


def _check(found: Round, name: str) -> Check | None:
    """Return the second opinion on a parameter's gradient."""
    if name not in found.check:
        return None
    row = found.check[name]
    if row.relative != row.relative:
        return Check(
            number(row.numeric), row.relative, ("By finite differences: no number either.",)
        )
    agree = "the same" if row.relative <= SAME else "not the same"
    words = (f"Nudging it up and down gives {agree}: {short(row.numeric)}, by finite differences.",)
    return Check(number(row.numeric), row.relative, words)


# The whole gradient, and what is made of it


def _tell_whole(found: Round, label: Labels) -> Telling:
    length = sum(g * g for g in found.gradient.values()) ** 0.5
    loss = label("L")
    return Telling(
        phase="backward",
        headline=("Backpropagation ends here.",),
        lede=("This is the gradient: one slope for each parameter. It is not yet a change.",),
        equation=None,
        products=(),
        result_words=("length of the gradient",),
        result=number(length, "backward"),
        lines=(),
        sentence=(
            *("It points where ", loss, " rises most steeply, and its length is that slope, to "),
            f"first order. {len(found.gradient)} slopes for one pass back; finite differences "
            f"needed {2 * len(found.gradient)} passes forward, and agree.",
        )
        if _agree(found)
        else _named(found, label),
    )


def _agree(found: Round) -> bool:
    return all(row.relative <= SAME for row in found.check.values())


def _tell_update(found: Round, label: Labels) -> Telling:
    before, after = found.trace.value, found.loss_after
    loss, title = label("L"), found.optimizer.title
    fell = "falls" if after < before else "rises" if after > before else "stays"
    return Telling(
        phase="update",
        headline=(f"What does {title} make of it?",),
        lede=(
            "Another machine takes the gradient and moves the parameters. "
            "Exchange it: the gradient stays.",
        ),
        equation=None,
        products=(),
        result_words=(loss, " before → after"),
        result=number(after, "forward"),
        lines=(),
        sentence=(loss, f" {fell} from {short(before)} to {short(after)} for this example."),
    )
