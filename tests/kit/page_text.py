"""A page as it is read: its text line by line, formulas in reading order and in one line.

A fraction is ((a)/(b)), a power a^(b), a root √(a), 4.39·10⁻⁴ as it is printed; a name is ⟨w⟩ in a
formula, ‹w 1› in a sentence. What
is covered by a control, as the names of options, is no line of its own.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

RAISED = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
FUNCTIONS = {
    *("ln", "exp", "sin", "cos", "tan", "tanh", "sinh", "cosh", "σ", "log", "min", "max", "abs"),
    *("arctan", "arcsin", "arccos", "sigmoid", "softplus", "relu", "sign", "erf", "sqrt"),
}
INLINE = {
    *("a", "abbr", "b", "button", "code", "em", "i", "kbd", "label", "math", "output", "small"),
    *("span", "strong", "sub", "sup", "time", "u", "var", "wbr", "input", "tspan"),
}
VOID = {"input", "br", "hr", "img", "link", "meta", "wbr", "col", "path", "circle", "rect", "line"}
SKIPPED = {"script", "style", "select", "textarea", "head", "title", "template"}
ATTRIBUTES = ("title", "aria-label", "aria-valuetext", "alt")
CELL = " ¦ "


@dataclass
class Element:
    """An element of the page: what it is, and what is in it."""

    name: str
    attributes: dict[str, str | None]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return (self.attributes.get("class") or "").split()

    def elements(self) -> list["Element"]:
        return [child for child in self.children if isinstance(child, Element)]

    def every(self) -> list["Element"]:
        """Return the element and all that are in it, in reading order."""
        return [self, *(one for child in self.elements() for one in child.every())]


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        for i in range(len(self.open) - 1, 0, -1):
            if self.open[i].name == tag:
                del self.open[i:]
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def tree(html: str) -> Element:
    """Return the root of a page."""
    parser = _Tree()
    parser.feed(html)
    parser.close()
    return parser.open[0]


def page_lines(root: Element) -> list[str]:
    """Return the lines of a page that hold any text, in reading order; names of controls too."""
    parts: list[str] = []
    _write(root, parts)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return [line for line in lines if line]


def formula_text(element: Element) -> str:
    """Return a formula in one line."""
    return _math(element)


def implied_equations(root: Element) -> list[str]:
    """Return what a page says without an = sign: products, and rows of tables that add up."""
    return [*_products(root), *_path_rows(root), *_rows_that_add(root)]


def _products(root: Element) -> list[str]:
    """Return each product in columns with the number that the page gives for it."""
    asides = [e for e in root.every() if e.name == "aside" and "explain" in e.classes]
    every = [e for aside in asides for e in aside.every()]
    chains = [e for e in every if e.name == "mtable" and "chain" in e.classes]
    results = [e for e in every if e.name == "p" and "result" in e.classes]
    numbers = [e for e in every if e.name == "em" and "num" in e.classes]
    if not chains or not results:
        return []
    last = ["".join(_math(cell) for cell in _last_line(chain)) for chain in chains]
    answers = [_text(results[0].elements()[-1])] if len(chains) == 1 else map(_text, numbers)
    lines = [f"{product} = {answer}" for product, answer in zip(last, answers, strict=False)]
    return [line.replace("=", "", 1) if line.lstrip()[0] == "=" else line for line in lines]


def _last_line(chain: Element) -> list[Element]:
    """Return the cells that hold the numbers: of the last row, or of each row its last."""
    rows = [row.elements() for row in chain.elements()]
    if "tall" not in chain.classes:
        return rows[-1][1:]
    return [cell for row in rows for cell in (row[1], row[-1])]


def _path_rows(root: Element) -> list[str]:
    """Return each path of a ledger with its product, and the sum of the products."""
    ledgers = [e for e in root.every() if "ledger" in e.classes]
    rows = [row for e in ledgers for row in e.every() if row.name == "tr"]
    paths = [row for row in rows if "data-path" in row.attributes]
    cells = [[_text(cell) for cell in row.elements()] for row in paths]
    lines = [f"{product(slopes)} = {result}" for _, slopes, result in cells]
    if rows and len(rows) > 2:
        *terms, total = [_text(row.elements()[-1]) for row in rows[1:]]
        lines.append(f"{' + '.join(map(_held, terms))} = {total}")
    return lines


def product(text: str) -> str:
    """Return factors with those in brackets that are negative."""
    return " × ".join(_held(part.strip()) for part in text.split("×"))


def _held(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def _rows_that_add(root: Element) -> list[str]:
    """Return the rows of tables whose cells stand before, move and after."""
    lines = []
    for table in root.every():
        if table.name == "table" and "moved" in table.classes:
            rows = [e for e in table.every() if e.name == "tr"][1:]
            lines += [" ".join(map(_text, row.elements()[1:])) for row in rows]
        if "entries" in table.classes and "update" in table.classes:
            rows = [e for e in table.every() if e.name == "tr"][1:]
            cells = [[_text(cell) for cell in row.elements()] for row in rows]
            moved = [c for c in cells if c[3] != "frozen"]
            lines += [f"{c[1]} + {_held(c[3])} = {c[4]}" for c in moved]
        if table.name == "p" and "promise" in table.classes:
            foretold, true, gap = [_text(e) for e in table.every() if e.name == "b"]
            if foretold != true or gap == "0":  # else what is left is rounding
                lines.append(f"|{true} − {_held(foretold)}| = {gap}")
        if table.name == "section" and "nudge" in table.classes:
            rows = [[_text(c) for c in e.elements()] for e in table.every() if e.name == "tr"]
            numbers = [row for row in rows if row[-1][-1].isdigit()]
            moves = [row for row in numbers if not row[0][0].isdigit() and row[0][0] != "−"]
            gaps = [row for row in numbers if row not in moves]
            lines += [f"{row[2]} − {_held(row[1])} = {row[3]}" for row in moves]
            lines += [f"{row[1]} − {_held(row[2])} = {row[3]}" for row in gaps]
    return lines


def _text(element: Element) -> str:
    parts: list[str] = []
    _write(element, parts)
    return " ".join("".join(parts).replace(CELL.strip(), " ").split())


def _write(element: Element, parts: list[str]) -> None:
    name = element.name
    if name in SKIPPED:
        return
    if name == "math":
        parts.append(_math(element))
        return
    if "lb" in element.classes:
        parts.append(f"‹{element.attributes.get('aria-label', '')}›")
        return
    said = [element.attributes.get(key) or "" for key in ATTRIBUTES]
    parts.extend(f"\n{text}\n" for text in said if "=" in text)
    if name == "input":
        kind = element.attributes.get("type") or "text"
        if kind in ("text", "number"):
            parts.append(f" {(element.attributes.get('value') or '').replace('-', '−')} ")
        return
    block = name not in INLINE
    joint = CELL if name in ("td", "th", "dt", "dd") else "\n" if block else ""
    inside: list[str] = []
    for child in element.children:
        if isinstance(child, str):
            inside.append(child.replace("\n", " "))
        else:
            _write(child, inside)
    text = "".join(inside)
    if name == "sup":
        text = f"^({text})" if not text.strip().lstrip("−-").isdigit() else text.translate(RAISED)
    elif name == "sub":
        text = f"_{text}"
    parts.append(f"{joint}{text}{joint}")


def _math(element: Element | str) -> str:
    if isinstance(element, str):
        return element.strip()
    parts = [_math(child) for child in element.children]
    match element.name:
        case "mfrac":
            return f"(({parts[0]})/({parts[1]}))"
        case "msqrt":
            return f"√({''.join(parts)})"
        case "msup":
            base, power = parts[0], parts[1]
            if base == "10" and power.lstrip("−").isdigit():
                return f"10{power.translate(RAISED)}"
            return f"{base}^({power})"
        case "msub" | "mover" | "msubsup":
            return f"⟨{' '.join(parts)}⟩"
        case "mspace":
            return " "
        case "mi":
            text = "".join(parts)
            return f" {text} " if text in FUNCTIONS else f"⟨{text}⟩"
        case "mtext":
            return f" “{''.join(parts)}” "
        case "mo":
            sign = "".join(parts)
            return sign if sign in "()·|" else f" {sign} "
        case "mtable" if "cases" in element.classes:
            return "⟨cases⟩"
        case "mtd" if "op" not in element.classes:
            return f"{''.join(parts)} "
        case _:
            return "".join(parts)
