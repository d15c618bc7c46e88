"""What the text between the arrays of a print calls them.

    W1 = array(            W1        {'params': {'Dense_0': {'kernel': Array(   …Dense_0.kernel
    grads['W1'] tensor(    grads.W1  weights = [array(…), array(                weights.1
    gradient of fc1.bias:  grad.fc1.bias      <tf.Variable 'dense/kernel:0' …   dense/kernel:0

Brackets that are open say what an array is part of; else its name is on its own line, or on the
last line before it. A word such as “grad” makes a gradient of the name beside it, or before it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from backprop.notation.submission.names import GRADIENT_WORDS, find_role
from backprop.notation.submission.place import LONGEST_NAME, PrintedError

MOST_OPEN = 64  # brackets between arrays
MOST_SCALARS = 4_000  # numbers that stand alone
_MOST_WORDS = 16  # that are looked at for a name: the last ones
_SAYS_NOTHING = frozenset(
    (
        *("data", "value", "values", "param", "parameter", "tensor", "array", "matrix", "float"),
        *("name", "shape", "size", "print", "containing", "of", "the", "for", "at", "layer"),
        *("numpy", "path"),
    )
)
_NOISE = re.compile(
    r"\b(?:dtype|device|grad_fn|requires_grad|layout|size|shape|weak_type|trainable|sharding)"
    r"\s*=\s*(?:<[^<>]*>|'[^']*'|\"[^\"]*\"|\([^()]*\)|[\w.]+)|\bParameter containing:"
    r"|\b(?:numpy|value|path)=(?=[^=])"
)
_TOKEN = re.compile(
    r"""(?P<quoted>'[^'\n]{1,80}'|"[^"\n]{1,80}")
    |(?P<number>[-+]?(?:\.?[0-9]|(?:nan|inf)\b)[^\s,;(){}\[\]=]*)
    |(?P<angle><(?:tf\.|Keras)?(?:Variable|Tensor)\b:?)|(?P<end>>)
    |(?P<call>[^\W\d][\w.]*(?:\{[^{}\n]{0,80}\})?\()
    |(?P<name>[^\W\d][\w.]*(?:/[\w.∂∇]+)*(?::[0-9]+(?![\w.]))?(?:\[['"]?\w+['"]?\][\w.]*)*|[∂∇][\w/∂.]+)
    |(?P<open>[\[({])|(?P<close>[\])}])|(?P<comma>,)|(?P<set>[:=])|(?P<line>\n)""",
    re.VERBOSE,
)
_LAYER_NAME = re.compile(r"[0-9]+(?:\.[0-9]+)*\.[^\W\d][\w.]*:?")  # 0.weight
_TRANSPARENT = ("call", "angle")  # what stands in them is called as they are
_SEVERAL = frozenset(("grads", "gradients", "backward"))
_INDEX = re.compile(r"\[['\"]?(\w+)['\"]?\]")


class Scalar(NamedTuple):
    """A number that a name is set to, and where it stands in the gap."""

    name: str
    start: int
    end: int


@dataclass(slots=True)
class _Open:
    """A bracket that is open: what it is, what it is called, how much of it was passed."""

    bracket: str  # "(" , "[", "{", "call" of Array( or "angle" of <tf.Variable
    words: list[str]
    passed: int = 0
    pair: bool = False  # ('0.weight', tensor(…))
    used: bool = False  # an array stood in it
    name: str = ""  # which of its words says what it is; once that was asked


@dataclass(slots=True)
class Names:
    """Reads the text between arrays, a piece at a time, and says what the next one is called."""

    _open: list[_Open] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _above: list[str] = field(default_factory=list)  # of the last line that says something
    _set: bool = False
    _section: bool = False  # below a line such as “Gradients:”
    _last: str = ""  # the parameter before
    _slopes: int = 0  # without a name so far
    _scalars: int = 0

    def read(self, gap: str) -> Iterator[Scalar]:
        """Read the text up to the next array; give the numbers that names are set to in it."""
        gap = _NOISE.sub(lambda match: " " * len(match[0]), gap)
        if "\n\n" in gap:  # a bracket that is open still was one of the prose
            self._open = [each for each in self._open if each.used]
        for token in _TOKEN.finditer(gap):
            kind, word = token.lastgroup, token[0]
            if kind == "number" and len(word) <= LONGEST_NAME and _LAYER_NAME.fullmatch(word):
                kind, word = "name", word.rstrip(":")
            if kind == "number":
                yield from self._number(token, gap)
            elif kind == "name" or kind == "quoted":
                short = word.strip("'\"")[: LONGEST_NAME + 1]  # one letter more means nothing, too
                self._words = [*self._words[-_MOST_WORDS:], short]
            elif kind == "set":
                self._set = bool(self._words or self._is_in("call"))
            elif kind == "line":
                self._end_line()
            elif kind == "comma":
                self._pass()
            elif kind == "close" or (kind == "end" and self._is_in("angle")):
                self._close()
            elif kind != "end":
                self._begin(word if kind == "open" else str(kind))

    def take(self) -> str:
        """Return the name of the array that stands here; "" if it has none."""
        words = self._words
        if not [word for word in words if word.lower() not in _SAYS_NOTHING] and not self._is_keyed:
            words = [*self._above, *words]
        name = self._named(words)
        if find_role(name).kind != "gradient":
            self._last = name
        self._words, self._above, self._set = [], [], False
        for each in self._open:
            each.used = True
        return name

    def _is_in(self, bracket: str) -> bool:
        return bool(self._open) and self._open[-1].bracket == bracket

    @property
    def _is_keyed(self) -> bool:
        return any(each.words for each in self._open)

    def _number(self, token: re.Match[str], gap: str) -> Iterator[Scalar]:
        after = gap[token.end() : token.end() + 8]
        if after.lstrip(" \t").startswith("*"):  # a factor
            return
        spoken = [word for word in self._words if word.lower() not in _SAYS_NOTHING]
        only_slope = all(word.lower() in GRADIENT_WORDS for word in spoken)
        if self._set and (only_slope or not self._is_in("call")):
            name = self._named(self._words)
            if name:
                self._scalars += 1
                if self._scalars > MOST_SCALARS:
                    raise PrintedError(
                        f"There are more than {MOST_SCALARS:,} numbers that stand alone.",
                        hint="Bring them as arrays: W1 = [[0.15, 0.2], [0.25, 0.3]].",
                    )
                yield Scalar(name, token.start(), token.end())
                self._words, self._set = [], False

    def _end_line(self) -> None:
        if self._open:
            return
        if self._words:
            if not any(find_role(word).name for word in self._words):
                lowered = {word.lower() for word in self._words}
                if lowered & GRADIENT_WORDS:
                    self._section = len(lowered) > 1 or bool(lowered & _SEVERAL)
                elif lowered & {"parameters", "params", "weights", "state_dict", "data", "inputs"}:
                    self._section = False
            if not self._above or any(word.lower() not in _SAYS_NOTHING for word in self._words):
                self._above = self._words
            self._words = []
        self._set = False

    def _pass(self) -> None:
        if not self._open:
            return
        inner = self._open[-1]
        inner.passed += 1
        if inner.bracket == "(" and inner.passed == 1 and self._words:
            inner.pair = True
        elif inner.bracket not in _TRANSPARENT:
            self._words = []

    def _close(self) -> None:
        closed = self._open.pop() if self._open else _Open("", [])
        words = [] if closed.used else closed.words + self._words
        self._words = words[-_MOST_WORDS:]

    def _begin(self, bracket: str) -> None:
        self._set = self._set and bracket == "call"
        if len(self._open) < MOST_OPEN:
            self._open.append(_Open(bracket, self._words))
            self._words = []

    def _named(self, words: list[str]) -> str:
        """Return the path of what stands here, with these words before it."""
        around = list(self._open)
        while around and around[-1].bracket in _TRANSPARENT:
            outer = around.pop()
            words = outer.words if outer.bracket == "angle" and outer.words else outer.words + words
            words = words[-_MOST_WORDS:]
        path: list[str] = []
        place = ""  # within a list
        for each in around:
            if each.words:
                each.name = each.name or _chosen(each.words) or each.words[-1]
                path.append(each.name)
            elif place and path:
                path.append(place)
            place = "" if each.bracket in ("call", "angle", "{") or each.pair else str(each.passed)
        path.append(_chosen(words) or (place if any(path) else ""))
        name = ".".join(part for part in path if part)
        lowered = {word.lower() for word in words}
        slope = bool(lowered & GRADIENT_WORDS)
        if slope and not name and not lowered & _SEVERAL:
            name = self._last
        if not name:
            if not (slope or self._section):
                return ""
            self._slopes += 1
            name = f"grads.{self._slopes}"
        name = _without_container(name)
        if (slope or self._section) and find_role(name).kind in ("parameter", "unknown"):
            return f"grad.{name}"
        return name


def _chosen(words: list[str]) -> str:
    """Return which of some words names an array: the last that means one, else the last."""
    spoken = [
        w for w in words if w.lower() not in _SAYS_NOTHING and w.lower() not in GRADIENT_WORDS
    ]
    known = next((word for word in reversed(spoken) if find_role(word).name), "")
    return (known or "".join(spoken[-1:])).rstrip(".:")


def _without_container(name: str) -> str:
    """Return parameters['dW1'] as dW1: what holds it says nothing that the name does not."""
    if len(name) > LONGEST_NAME or "[" not in name:
        return name
    plain = _INDEX.sub(r".\1", name)
    inner = re.fullmatch(r"[\w.]+\[['\"](\w+)['\"]\]([\w.]*)", name)
    if inner and find_role(plain).kind != "gradient":
        return f"{inner[1]}{inner[2]}"
    return plain if find_role(plain).kind in ("parameter", "gradient") else name
