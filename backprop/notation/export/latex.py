r"""Formula → LaTeX, for the mathematics of amsmath: w_{1} x_{1} + b, \frac{\partial L}{\partial w}.

And what stands around it in a document: sentences, lines, tables. A formula is written to stand
between \[ and \]. A name that was typed cannot become a command: a letter that LaTeX would misread
is escaped, and one that it may not know is set as text.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from backprop.notation.derivation import Equation, Product
from backprop.notation.formula import (
    Brackets,
    Cases,
    Factor,
    Formula,
    Fraction,
    Label,
    Lines,
    Number,
    Operator,
    Power,
    Root,
    Row,
    Text,
)
from backprop.notation.juxtaposition import PRODUCT, bracketed
from backprop.notation.names import GREEK
from backprop.notation.numerals import MINUS

_LETTERS = {letter: f"\\{name}" for name, letter in GREEK.items()}
_LETTERS |= {"ε": r"\varepsilon", "φ": r"\varphi", "ς": r"\varsigma", "ϑ": r"\vartheta"}
_LETTERS |= {"υ": r"\upsilon", "Υ": r"\Upsilon"}
_LETTERS |= dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧο", "ABEZHIKMNOPTXo", strict=True))  # LaTeX has no others
_ESCAPED = {character: f"\\{character}" for character in "_%#&${}"}
_ESCAPED |= {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
_ESCAPED |= {"\u00a0": "~", "′": r"$'$"}
_ESCAPED |= {
    MINUS: "$-$", "∂": r"$\partial$", "∇": r"$\nabla$", "→": r"$\to$", "←": r"$\gets$",
    "≈": r"$\approx$", "≠": r"$\neq$", "≤": r"$\leq$", "≥": r"$\geq$", "∞": r"$\infty$",
    "√": r"$\surd$", "⊙": r"$\odot$", "ᵀ": r"$^{T}$", "‖": r"$\|$", "×": r"$\times$",
    "·": r"$\cdot$", "°": r"$^{\circ}$", "±": r"$\pm$", "÷": r"$\div$",
    "∑": r"$\sum$", "⋯": r"$\cdots$",
    "ℓ": r"$\ell$", "\u2009": r"\,", "\u202f": r"\,", "\u0302": r"\^{}", "ŷ": r"$\hat{y}$",
}  # fmt: skip
_ESCAPED |= {letter: f"${name}$" for letter, name in _LETTERS.items()}

_SIGNS: Mapping[str, str] = {
    MINUS: "-", "·": r"\cdot", "×": r"\times", "⋯": r"\cdots", "∂": r"\partial",
    "≈": r"\approx", "≠": r"\neq", "≤": r"\leq", "≥": r"\geq",
    "∇": r"\nabla", "→": r"\to", "←": r"\gets", "⊙": r"\odot", "‖": r"\|",
    "\u2009": r"\,", "\u2061": "", **{sign: sign for sign in "+=<>,()"},
}  # fmt: skip
_COMMANDS = (
    *("sin", "cos", "tan", "tanh", "ln", "exp", "max", "min"),
    *("sinh", "cosh", "arcsin", "arccos", "arctan"),
)
_UPRIGHT = {name: f"\\{name}" for name in _COMMANDS} | {"σ": r"\sigma", "Σ": r"\sum"}
_NUMERALS = {MINUS: "-", "·": r"\cdot", "∞": r"\infty", "NaN": r"\mathrm{NaN}"}
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SUNK = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_LOW = re.compile("[₀₁₂₃₄₅₆₇₈₉]+")
COVERED = r"\boxed{?}"  # what is asked for
_HIGHER = "\\renewcommand{\\arraystretch}{1.25}"  # rows: powers stay clear of the rule

Words = tuple[str | Label | Number, ...]


def latex(x: Formula | Equation | Product) -> str:
    """Return a formula as LaTeX for mathematics; one of several lines is an `aligned`."""
    return _WRITE[type(x)](x)


def escaped(text: str) -> str:
    """Return words as LaTeX sets them outside of mathematics."""
    plain = "".join(_ESCAPED.get(character, character) for character in text)
    raised = _RAISED.sub(lambda match: f"$^{{{match[0].translate(_LOWERED)}}}$", plain)
    return _LOW.sub(lambda match: f"$_{{{match[0].translate(_SUNK)}}}$", raised)


def numeral(shown: str) -> str:
    """Return a number as it is printed, as LaTeX; a question mark stands where one is covered."""
    if shown == "?":
        return COVERED
    digits, _, power = shown.partition("·10")
    for sign, written in _NUMERALS.items():
        digits = digits.replace(sign, written)
    if power:
        return f"{digits} \\cdot 10^{{{power.translate(_LOWERED)}}}"
    return _RAISED.sub(lambda match: f"^{{{match[0].translate(_LOWERED)}}}", digits)


def rows(x: Formula | Equation | Product) -> list[tuple[str, str]]:
    """Return the lines of a formula; each pair stands to the left and right of where they meet."""
    match x:
        case Equation():
            return _equation_rows(x)
        case Product():
            return _product_rows(x)
        case Lines(lines):
            first, *rest = map(latex, lines)
            return [("", first), *(("", _further(line)) for line in rest)]
    return [("", latex(x))]


def aligned(pairs: list[tuple[str, str]]) -> str:
    """Return lines below each other; each pair stands to the left and right of where they meet."""
    lines = " \\\\\n".join(f"{left} &{right}".strip() for left, right in pairs)
    return f"\\begin{{aligned}}\n{lines}\n\\end{{aligned}}"


def prose(words: Words) -> str:
    """Return a sentence; names and numbers in it are mathematics."""
    return "".join(escaped(x) if isinstance(x, str) else f"${latex(x)}$" for x in words)


def remark(text: str) -> str:
    """Return a text as a comment, on one line whatever it holds."""
    return f"% {' '.join(text.split())}"


def heading(words: Words) -> str:
    """Return a heading without a number."""
    return f"\\subsection*{{{prose(words)}}}"


def paragraph(words: Words) -> str:
    """Return the words that head a paragraph."""
    return f"\\paragraph{{{prose(words)}}}"


def verbatim(lines: Sequence[str]) -> str:
    """Return lines of a program as they are typed, numbered from 1."""
    width = len(str(len(lines)))
    numbered = "\n".join(f"{n:{width}}  {line}".rstrip() for n, line in enumerate(lines, 1))
    return f"\\begin{{verbatim}}\n{numbered}\n\\end{{verbatim}}"


def align(pairs: Sequence[tuple[str, str]]) -> str:
    """Return lines below each other, as a display of their own; the pairs are those of `rows`."""
    lines = " \\\\\n".join(f"  {left} &{right}" if left else f"  &{right}" for left, right in pairs)
    return f"\\begin{{align*}}\n{lines}\n\\end{{align*}}"


def table(heads: Iterable[Words], rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells, which are mathematics, under their heads."""
    titles = [f"\\text{{{prose(head)}}}" if head else "" for head in heads]
    lines = [" & ".join(titles) + " \\\\ \\hline", *(" & ".join(row) + " \\\\" for row in rows)]
    body = "\n".join(f"  {line}" for line in lines)
    begin = f"\\begin{{array}}{{{'l' * len(titles)}}}"
    return f"\\[\n{_HIGHER}\n{begin}\n{body}\n\\end{{array}}\n\\]"


def _letter(character: str) -> str:
    if (character.isascii() and character.isalnum()) or character in "(),":
        return character
    return _LETTERS.get(character) or f"\\text{{{escaped(character)}}}"


def _word(word: str) -> str:
    """Return a name: a letter in italics, several upright, as a function's are not."""
    if len(word) < 2:
        return _letter(word) if word else ""
    command = ""  # what stood before: \theta x, but xy
    written = ""
    for character in word:
        piece = r"\_" if character == "_" else _letter(character)
        written += " " * (command[:1] == "\\" and command[-1].isalpha() and piece.isalpha()) + piece
        command = piece
    return f"\\mathrm{{{written}}}"


def _label(label: Label) -> str:
    letter = _word(label.letter)
    if label.hat:
        letter = f"\\{'widehat' if len(label.letter) > 1 else 'hat'}{{{letter}}}"
    below = "".join(map(_letter, label.below)) if label.below[:1].isdigit() else _word(label.below)
    above = "".join(map(_letter, label.above))
    return letter + f"_{{{below}}}" * bool(below) + f"^{{{above}}}" * bool(above)


def _number(number: Number) -> str:
    return numeral(number.shown)


def _text(text: Text) -> str:
    if text.text in _UPRIGHT:
        return _UPRIGHT[text.text]
    if text.text.endswith("′"):  # the derivative of a function
        return f"{_text(Text(text.text[:-1]))}'"
    if len(text.text) == 1:
        return f"\\mathrm{{{_letter(text.text)}}}"
    is_name = text.text.isascii() and text.text.isalnum()
    return f"\\{'operatorname' if is_name else 'text'}{{{escaped(text.text)}}}"


def _operator(operator: Operator) -> str:
    sign = _SIGNS.get(operator.sign)
    return f"\\text{{{escaped(operator.sign)}}}" if sign is None else sign


def _row(row: Row) -> str:
    return " ".join(filter(None, map(latex, row.parts)))


def _fraction(fraction: Fraction) -> str:
    return f"\\frac{{{latex(fraction.top)}}}{{{latex(fraction.bottom)}}}"


def _root(root: Root) -> str:
    return f"\\sqrt{{{latex(root.inside)}}}"


def _power(power: Power) -> str:
    return f"{{{latex(power.base)}}}^{{{latex(power.exponent)}}}"


def _brackets(brackets: Brackets) -> str:
    left, right = (r"\lvert", r"\rvert") if brackets.bars else ("(", ")")
    return f"\\left{left} {latex(brackets.inside)} \\right{right}"


def _cases(cases: Cases) -> str:
    rows = [f"{latex(part)} & \\text{{if }} {latex(condition)}" for part, condition in cases.cases]
    lines = " \\\\ ".join([*rows, f"{latex(cases.otherwise)} & \\text{{otherwise}}"])
    return f"\\begin{{cases}} {lines} \\end{{cases}}"


def _factor(factor: Factor) -> str:
    return latex(factor.inside)


def _lines(lines: Lines) -> str:
    return aligned(rows(lines))


def _further(line: str) -> str:
    """Return a line that goes on with the one above; the sign it begins with keeps its room."""
    return f"\\quad {{}} {line}"


def _equation(equation: Equation) -> str:
    return aligned(_equation_rows(equation))


def _equation_rows(equation: Equation) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for sign, side in equation.sides:
        first, *rest = map(latex, side.lines if isinstance(side, Lines) else (side,))
        lines.append(("" if lines else latex(equation.left), f"{_SIGNS[sign]} {first}"))
        lines += [("", _further(line)) for line in rest]
    return lines


def _product(product: Product) -> str:
    return aligned(_product_rows(product))


def _product_rows(product: Product) -> list[tuple[str, str]]:
    """Return a product line by line: its letters, their rules, their numbers."""
    lines: list[tuple[str, str]] = []
    alone = len(product.columns) == 1
    for line in zip_longest(*(column.lines for column in product.columns)):
        parts = [part for part in line if part is not None]
        times = r" \times " if all(isinstance(part, Number) for part in parts) else r" \cdot "
        written = [latex(part if alone else _held(part, i)) for i, part in enumerate(parts)]
        lines.append(("" if lines else latex(product.left), f"= {times.join(written)}"))
    return lines


def _held(part: Formula, place: int) -> Formula:
    """Return a factor in brackets where it needs them; a number that stands first does not."""
    return part if isinstance(part, Number) and not place else bracketed(part, PRODUCT)


_WRITE: Mapping[type, Callable[[Any], str]] = {
    Label: _label,
    Number: _number,
    Text: _text,
    Operator: _operator,
    Row: _row,
    Fraction: _fraction,
    Root: _root,
    Power: _power,
    Brackets: _brackets,
    Cases: _cases,
    Factor: _factor,
    Lines: _lines,
    Equation: _equation,
    Product: _product,
}
