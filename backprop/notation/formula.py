"""A formula as data, whose factors can be pointed at; the web floor makes MathML of it.

A formula is a tree of the parts below. `Label` is the one spelling of a quantity's name, drawn
alike in a headline, in the picture and in a formula: w with superscript (2) and subscript 1 3.
"""

import unicodedata
from dataclasses import dataclass

_ITALIC = {chr(65 + i): chr(0x1D434 + i) for i in range(26)}
_ITALIC |= {chr(97 + i): chr(0x1D44E + i) for i in range(26)}
_ITALIC |= {chr(0x391 + i): chr(0x1D6E2 + i) for i in range(25) if i != 17}
_ITALIC |= {chr(0x3B1 + i): chr(0x1D6FC + i) for i in range(25)}
_ITALIC["h"] = "\u210e"  # Unicode had it before the rest
_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_ABOVE = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a quantity, as letters are written by hand: w₁₃ with (2) above, ŷ₁, L."""

    letter: str
    below: str = ""
    above: str = ""
    hat: bool = False
    plain: str = ""  # the name in an address, as w2_1_3

    def __str__(self) -> str:
        """Return the name in words, for a screen reader: “w 1 3 of layer 2”."""
        return _said(self)

    @property
    def text(self) -> str:
        """The name as plain text, where nothing else can be written: w₅, w⁽²⁾₁₃, ŷ."""
        hat = "\N{COMBINING CIRCUMFLEX ACCENT}" if self.hat else ""
        plain = self.below.replace(",", "").isdigit()
        below = self.below.translate(_BELOW) if plain else f"_{self.below}" if self.below else ""
        return unicodedata.normalize(
            "NFC", f"{self.letter}{hat}{self.above.translate(_ABOVE)}{below}"
        )

    @property
    def italic(self) -> str:
        """The letter as it is drawn: a single letter in its mathematical italic, 𝑤."""
        return _ITALIC.get(self.letter, self.letter)


class Code(str):
    """A piece of a program in a sentence, which is written as one: np.outer(dz1, x)."""

    __slots__ = ()
    is_code = True


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is shown, with all its digits behind it."""

    shown: str
    exact: float
    tone: str = ""  # "forward" or "backward": the colour says where it was computed

    def __str__(self) -> str:
        """Return the number as it is shown."""
        return self.shown


@dataclass(frozen=True, slots=True)
class Text:
    """Upright letters: the name of a function, or a word."""

    text: str


@dataclass(frozen=True, slots=True)
class Operator:
    """A sign between or before parts: + − · × =."""

    sign: str


@dataclass(frozen=True, slots=True)
class Row:
    """Parts side by side."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Fraction:
    """One part over another."""

    top: "Formula"
    bottom: "Formula"


@dataclass(frozen=True, slots=True)
class Root:
    """The square root of a part."""

    inside: "Formula"


@dataclass(frozen=True, slots=True)
class Power:
    """A part raised to another."""

    base: "Formula"
    exponent: "Formula"


@dataclass(frozen=True, slots=True)
class Brackets:
    """A part in brackets: round, or the bars of an absolute value."""

    inside: "Formula"
    bars: bool = False


@dataclass(frozen=True, slots=True)
class Cases:
    """One of several parts, each under its condition."""

    cases: tuple[tuple["Formula", "Formula"], ...]
    otherwise: "Formula"


@dataclass(frozen=True, slots=True)
class Factor:
    """A part that belongs to something in the picture; pointing at either lights both."""

    inside: "Formula"
    points_to: str  # the key that the picture's element carries


@dataclass(frozen=True, slots=True)
class Lines:
    """A sum that is too wide for one line; each line but the first begins with its sign."""

    lines: tuple["Formula", ...]


Formula = (
    Label
    | Number
    | Text
    | Operator
    | Row
    | Fraction
    | Root
    | Power
    | Brackets
    | Cases
    | Factor
    | Lines
)


def partial(of: Formula, by: Formula) -> Fraction:
    """Return ∂of/∂by."""
    return Fraction(Row((Operator("∂"), of)), Row((Operator("∂"), by)))


def _said(label: Label) -> str:
    letter = label.letter
    if len(letter) == 1 and "α" <= letter.lower() <= "ω":
        letter = unicodedata.name(letter).split()[-1].lower()
    below = label.below.replace(",", " ")
    if label.above and label.plain.count("_") == 2:  # w2_1_3: the digits are two indices
        below = " ".join(label.below.split(",") if "," in label.below else label.below)
    hat = "hat" if label.hat else ""
    layer = f"of layer {label.above.strip('()')}" if label.above else ""
    return " ".join(filter(None, (letter, hat, below, layer)))
