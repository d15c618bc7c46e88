"""One entry of an array opened to its sum: each term, where it came from, and the running sum."""

from dataclasses import dataclass
from itertools import accumulate

from backprop.engine.arrays.entries.entry import Entry, Term, gradient_entry, value_entry
from backprop.engine.arrays.entries.expanding import Cell
from backprop.notation.formula import Label, Number
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up, brief, short
from backprop.stage.links import Links
from backprop.stage.programs.passes import ProgramAt, own_name, said_opened
from backprop.stage.programs.reading import Place, Reader
from backprop.stage.programs.short_form import ShortForm, short_form
from backprop.stage.walk.explanation import Words
from backprop.stage.walk.steps import WalkStep

MOST_TERMS = 12  # that stand in the table; of more, the rest is one row
MOST_BARS = 512
HEIGHT = 40  # of the bars, in units of their picture
WRITTEN = 6  # terms of a sum that is written out


@dataclass(frozen=True, slots=True)
class TermShown:
    """One product of the sum.

    Attributes:
        name, tone: the entry that is multiplied, dZ[0, 1], and whether it is a gradient.
        number: of that entry; empty where the row is the rest.
        factor: what it is multiplied with, as it is written; empty where that is 1.
        factor_number: the same as a number, where it is written in letters.
        product: their product.
        cells: the entries that it is made of: “dZ[0,1] A[0,2]”.
        start, width: of its bar in the running sum, in percent.
        is_less: whether it takes away.
    """

    name: str
    tone: str
    number: str
    factor: str
    factor_number: str
    product: str
    cells: str
    start: str
    width: str
    is_less: bool


@dataclass(frozen=True, slots=True)
class BarsShown:
    """All products of a long sum, side by side, each as high as it is large.

    Attributes:
        width, height: of the picture; `zero`, where its line of 0 is.
        more, less: the outlines of those above 0 and below.
        alt: in words.
        sentence: the largest, all that raise, all that lower.
    """

    width: int
    height: int
    zero: str
    more: str
    less: str
    alt: str
    sentence: str


@dataclass(frozen=True, slots=True)
class EntryOpened:
    """An entry as a sum.

    Attributes:
        label, tone, at: which it is: d, W, “[1, 2]”.
        value: what it comes to.
        terms: its products, in order; none where it is no sum, and the largest where they are
            many. `count` is how many there are.
        bars: all of them, where they are many; else None.
        text: of an entry that is no sum: how it is computed.
        sentence: the sum written out, and what it means.
        lit: the entries that it is made of.
        open_line: the address where its line is opened, if a factor is only known as a number.
        close: the address where no entry is opened.
    """

    label: Label
    tone: str
    at: str
    value: Number
    terms: tuple[TermShown, ...]
    count: int
    bars: BarsShown | None
    text: str
    sentence: Words
    lit: tuple[str, ...]
    open_line: str
    close: str


def open_entry(
    passes: ProgramAt, step: WalkStep, reader: Reader, links: Links
) -> EntryOpened | None:
    """Return the entry that is opened, as far as this step makes it; None where it does not."""
    place = reader.opened()
    if place is None or place.name != step.name:
        return None
    if place.is_gradient and step.kind == "use":
        entry = gradient_entry(passes.trace, step.sender, place.name, place.at)
    elif not place.is_gradient and step.kind == "value":
        entry = value_entry(passes.trace, place.name, place.at)
    else:
        return None
    return _shown(passes, step, place, entry, links)


def open_short_form(passes: ProgramAt, step: WalkStep, reader: Reader) -> ShortForm | None:
    """Return the short form that the opened entry is in, if this step sends it back."""
    place = reader.opened()
    if place is None or not place.is_gradient or (step.kind, step.name) != ("use", place.name):
        return None
    return short_form(passes.program, step.sender, place.name, place.at)


def _shown(
    passes: ProgramAt, step: WalkStep, place: Place, entry: Entry, links: Links
) -> EntryOpened:
    tone = "backward" if place.is_gradient else "forward"
    listed = entry.terms
    few = listed if len(listed) <= MOST_TERMS else _largest(listed)
    numbers = [term.product for term in few]
    if len(few) < len(listed):
        numbers.append(entry.value - sum(numbers))
    written = adds_up(numbers, entry.value, "sum") if numbers else None
    texts = written.terms if written else ()
    spans = _spans(list(accumulate(numbers)))
    rows = [
        _term(term, tone, text, span) for term, text, span in zip(few, texts, spans, strict=False)
    ]
    if len(few) < len(listed):
        left, width = spans[-1][:2]
        name = f"and {len(listed) - len(few)} more"
        rows.append(TermShown(name, "", "", "", "", texts[-1], "", left, width, spans[-1][2]))
    cells = [cell for term in listed for cell in (term.cell, *term.cells)] + list(entry.cells)
    unnamed = any(term.kind == "number" for term in listed)
    sender = passes.program.line(step.sender or step.name)
    opened = links.choices.opened
    label = label_of(own_name(place.name))
    result = written.result if written else short(entry.value)
    return EntryOpened(
        label,
        tone,
        f"[{', '.join(map(str, place.at))}]" if place.at else "",
        Number(result, entry.value, tone),
        tuple(rows),
        len(listed),
        _bars(listed, entry.value) if len(few) < len(listed) <= MOST_BARS else None,
        _local(entry.text),
        _sentence(passes, step, place, entry, texts, result),
        tuple(dict.fromkeys(key_of(cell) for cell in cells if cell.name)),
        links.address(opened=(*opened, sender.name), opened_before=said_opened(opened))
        if unnamed and sender.opens
        else "",
        links.address(entry=""),
    )


def _largest(listed: tuple[Term, ...]) -> tuple[Term, ...]:
    """Return the largest terms, in their order."""
    sizes = sorted(range(len(listed)), key=lambda k: -abs(listed[k].product))
    return tuple(listed[k] for k in sorted(sizes[: MOST_TERMS - 1]))


def _bars(listed: tuple[Term, ...], value: float) -> BarsShown:
    products = [term.product for term in listed]
    high, low = max(0.0, *products), min(0.0, *products)
    room = (high - low) or 1.0
    zero = HEIGHT * high / room
    above: list[str] = []
    below: list[str] = []
    for k, x in enumerate(products):
        size = HEIGHT * abs(x) / room
        bar = f"M{k + 0.1:g} {zero - size if x > 0 else zero:.2f}h.8v{size:.2f}h-.8z"
        (above if x > 0 else below).append(bar if x else "")
    first = max(listed, key=lambda term: abs(term.product))
    times = f" × {_local(first.text)}" if first.text and first.text != "1" else ""
    largest = f"{first.cell.text or 'a constant'}{times} = {short(first.product)}"
    more, less = [x for x in products if x > 0], [x for x in products if x < 0]
    sums = adds_up([sum(more), sum(less)], value, "sum")
    counts = f"All {len(more)} above 0 come to {sums.terms[0]}, all {len(less)} below 0 to "
    return BarsShown(
        len(listed),
        HEIGHT,
        f"{zero:.2f}",
        "".join(above),
        "".join(below),
        f"{len(listed)} products, each a bar: {len(more)} above 0, {len(less)} below",
        f"The largest: {largest}. {counts}{sums.terms[1]}; together {sums.result}.",
    )


def key_of(cell: Cell) -> str:
    """Return how an address and a page call an entry: dZ[0,1]."""
    return f"{cell.name}[{','.join(map(str, cell.at))}]" if cell.at else cell.name


def _local(text: str) -> str:
    """Return a text with each name as its line has it: N.mu is mu there."""
    return text.replace("-", "−")


def _term(term: Term, tone: str, product: str, span: tuple[str, str, bool]) -> TermShown:
    is_plain = term.kind in ("constant", "number")
    factor = "" if term.kind == "constant" and term.factor == 1 else _local(term.text)
    return TermShown(
        term.cell.text or "a constant",
        tone,
        brief(term.number),
        factor,
        "" if is_plain or not factor else short(term.factor),
        product,
        " ".join(key_of(cell) for cell in (term.cell, *term.cells) if cell.name),
        *span,
    )


def _spans(totals: list[float]) -> list[tuple[str, str, bool]]:
    """Return the bar of each term in the running sum: where it begins, how wide, which way."""
    before = [0.0, *totals[:-1]]
    low, high = min(0.0, *totals, 0.0), max(0.0, *totals, 0.0)
    room = (high - low) or 1.0
    return [
        (
            f"{100 * (min(a, b) - low) / room:.1f}",
            f"{100 * abs(b - a) / room:.1f}",
            b < a,
        )
        for a, b in zip(before, totals, strict=True)
    ]


def _sentence(
    passes: ProgramAt,
    step: WalkStep,
    place: Place,
    entry: Entry,
    texts: tuple[str, ...],
    result: str,
) -> Words:
    at = f"[{', '.join(map(str, place.at))}]" if place.at else ""
    written = ""
    if 1 < len(texts) <= WRITTEN:
        first, *others = texts
        signs = (f" − {t[1:]}" if t.startswith("−") else f" + {t}" for t in others)
        written = f"{first}{''.join(signs)} = {result}"
    if not place.is_gradient:
        return (f"{written}.",) if written else ()
    label = label_of(own_name(place.name))
    use = passes.use(step)
    if use.times > 1:
        share = f"This is what use {use.which + 1} of {use.times} adds."
        return (f"{written}. {share}" if written else share,)
    if not entry.terms:
        return ("Nothing flows to this entry: it moves nothing.",)
    way = "raises" if entry.value > 0 else "lowers" if entry.value < 0 else "does not move"
    whole = label_of(passes.program.nodes[passes.program.output].name)
    begun = f"{written}: raising " if written else "Raising "
    return (begun, label, f"{at} {way} ", whole, ".")
