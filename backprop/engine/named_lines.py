"""Named lines of numbers: `h = tanh(x); h*h`, where h is one node that is used twice.

A new line or “;” starts a line. Each but the last has a name, which stands for its result below;
the last is the function. A text without a lone “=” and without “;” is a formula, as it always was.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NoReturn

from backprop.engine.errors import ExpressionError
from backprop.engine.tokens import Token

LINES = re.compile(r"(?<![<>=!])=(?![=<])|;")
EXAMPLE = "A line is a name, “=” and a formula, as in h = tanh(x); the last is the result."


def has_lines(text: str) -> bool:
    """Whether a text is of named lines, not one formula."""
    return LINES.search(text) is not None


def on_one_line(text: str) -> str:
    """Return a text with “;” where lines end; the lines of one formula are joined."""
    if "\n" not in text:
        return text
    depth, ends = 0, []
    for at, sign in enumerate(text):
        depth = max(depth + (sign == "(") - (sign == ")"), 0)
        if sign == "\n" and not depth:
            ends.append(at)
    starts = [0, *(at + 1 for at in ends)]
    parts = (text[a:b] for a, b in zip(starts, [*ends, len(text)], strict=True))
    plain = (" ".join(part.split()).rstrip("; ") for part in parts)
    return ("; " if has_lines(text) else " ").join(part for part in plain if part)


class LineNames:
    """The names of lines: which there are, which stand already, and which of them are used.

    Args:
        pieces: the tokens of all lines.
    """

    def __init__(self, pieces: Sequence[Token]) -> None:
        self.all: set[str] = set()
        for token, sign in pairwise(pieces):
            if sign.text == "=" and sign.kind == "sign" and token.kind == "variable":
                self.all.add(token.text)
        self._places: dict[str, int] = {}
        self._unused: dict[str, Token] = {}
        self._own: Token | None = None  # of the line that is read

    def begin(self, token: Token) -> None:
        """Start a line of this name.

        Raises:
            ExpressionError: it stands already.
        """
        if token.text in self._places:
            what = f"“{token.text}” is given twice."
            hint = "A name is one line: take another for this one."
            raise ExpressionError(what, hint=hint, at=token.start)
        self._own = token

    def end(self, node: int) -> bool:
        """End a line, whose result is this node; return whether it has a name."""
        if self._own is None:
            return False
        self._places[self._own.text] = node
        self._unused[self._own.text] = self._own
        self._own = None
        return True

    def node(self, token: Token) -> int:
        """Return the node that a line's name stands for.

        Raises:
            ExpressionError: its line is this one, or a later one.
        """
        if token.text in self._places:
            self._unused.pop(token.text, None)
            return self._places[token.text]
        if self._own is not None and self._own.text == token.text:
            what = f"“{token.text}” is used in its own line."
            hint = "Each name is given once: call the result by another."
        else:
            what = f"“{token.text}” is used before its line."
            hint = "Move that line up, or call it by another name."
        raise ExpressionError(what, hint=hint, at=token.start)

    def check_used(self, result: str) -> None:
        """Refuse lines that the last one does not need.

        Args:
            result: the name of the last line; empty where it has none.

        Raises:
            ExpressionError: there is one.
        """
        self._unused.pop(result, None)
        for token in self._unused.values():
            what = f"No later line uses “{token.text}”."
            raise ExpressionError(what, hint="Use it, or leave its line out.", at=token.start)


def refuse_nameless(start: int) -> NoReturn:
    """Refuse a line without a name that is not the last."""
    what = "This line has no name, and others follow."
    raise ExpressionError(what, hint="Only the last goes without: write h = before it.", at=start)


def refuse_start(token: Token) -> NoReturn:
    """Refuse a name and “=” in the middle of a line."""
    what = f"“{token.text} =” starts a line here, and the one before goes on."
    raise ExpressionError(what, hint="Put “;” between the two.", at=token.start)
