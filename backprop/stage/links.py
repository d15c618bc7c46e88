"""Where a page's links lead: addresses of the states around this one.

Every state has an address: an origin (the lesson's defaults, a preset or a snapshot) and the
fields that differ from it. `Links.address` is the only maker of links within a lesson; a link to
another lesson is a value that the catalogue resolves.

A walk shows the same links at each step, but for the step that they stay at. So that what holds
them can be kept (stage/kept.py), a page is made with one field held open: a word stands in its
place, and `Links.fill` writes the field where a page is sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qsl, quote

from backprop.engine.errors import UnknownNameError
from backprop.sharing.snapshot import Value
from backprop.stage.choices import change, choice_fields, get_choice, has_choice, write_choices

CAME_FROM, SET_OUT = "came-from", "set-out"  # beside `from`; web/keeping/set_out.py makes them

HELD_OPEN = f"open{token_hex(8)}"  # letters and digits alone: no quoting changes it
AT_MOST = f"most{token_hex(8)}z"  # before the largest number that may stand there, and a z
_HELD_OPEN, _AT_MOST = HELD_OPEN.encode(), AT_MOST.encode()

Read = Callable[[str], Value]  # the value that stands at an address in the store
Owns = Callable[[str], bool]  # whether who asks brought what stands there


@dataclass(frozen=True, slots=True)
class Origin:
    """What an address starts from: {} (the defaults), {"preset": name} or {"from": snapshot}.

    Beside `from` stands where the run set out, and what came before: for the day when the snapshot
    is gone. It changes nothing of what is shown.
    """

    pairs: Mapping[str, str]
    choices: Any


def read_nothing(address: str) -> Value:
    """Refuse to read: where there is no store, nothing stands at any address.

    Raises:
        UnknownNameError: always.
    """
    raise UnknownNameError(f"Nothing stands at “{address[:64]}” here.", at="from")


@dataclass(frozen=True, slots=True)
class LessonLink:
    """A state of another lesson: its name, and the choices that differ from its defaults.

    No lesson imports another, so this is only a value; the catalogue makes an address of it.
    """

    lesson: str
    fields: Mapping[str, Any]


def resolve_nowhere(_: LessonLink) -> str:
    """Return no address: a lesson that stands alone has no neighbours."""
    return ""


def owns_nothing(_: str) -> bool:
    """Return False: where there is no store, nobody brought anything."""
    return False


class _Itself:
    """Choices as a key: no others, were they equal, for hashing them would take longer."""

    __slots__ = ("choices",)

    def __init__(self, choices: Any) -> None:
        self.choices = choices  # held, so that no others take their place

    def __hash__(self) -> int:
        return id(self.choices)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.choices is other.choices


def _find_plain(origin: _Itself) -> tuple[Mapping[str, tuple[str, Any, Any]], dict[str, str]]:
    """Return what no state changes that starts from these choices.

    Returns:
        By each plain field's name its spelling, its kind, and its value at the origin; and by each
        spelling nothing, in the fields' order, so that an address is canonical.
    """
    every = choice_fields(origin.choices).items()
    plain = {
        name: (each.spelled, each.kind, each.value(origin.choices))
        for name, each in every
        if not each.is_table
    }
    return plain, dict.fromkeys((word for word, _, _ in plain.values()), "")


_plain_fields = lru_cache(maxsize=128)(_find_plain)


class Links:
    """Makes the addresses of the states around this one; keeps everything the learner set.

    A page holds a hundred links, so each is a copy of this state's own pairs with a few changed.
    """

    def __init__(
        self,
        path: str,
        origin: Origin,
        choices: Any,
        read: Read = read_nothing,
        resolve: Callable[[LessonLink], str] = resolve_nowhere,
        owns: Owns = owns_nothing,
    ) -> None:
        self.path = path
        self.origin = origin
        self.choices = choices
        self.read = read
        self.resolve = resolve
        self.owns = owns
        # A snapshot is read anew each time, and large: it is not kept for what it says here.
        find = _find_plain if "from" in origin.pairs else _plain_fields
        self._plain, words = find(_Itself(origin.choices))
        self._spelled = {name: _spelled(name, text) for name, text in origin.pairs.items()}
        self._spelled |= words
        for name, text in write_choices(choices, origin.choices).items():
            self._spelled[name] = _spelled(name, text)
        self._parts: dict[tuple[str, ...], tuple[list[str], list[str]]] = {}
        self._alike: dict[str, Links] = {}  # with another number: how that is said → the links
        self._apart: tuple[str, Links] | None = None  # for whom is not to know a field
        self._open = ""  # the field that is held open

    def at(self, choices: Any) -> "Links":
        """Return the links around another state that starts from the same origin.

        What is held open stays so where that state has the same there.
        """
        links = Links(self.path, self.origin, choices, self.read, self.resolve, self.owns)
        name = self._open
        if name and get_choice(choices, name) == get_choice(self.choices, name):
            return links.held_open(name)
        return links

    def held_open(self, name: str) -> "Links":
        """Return the same links, with a word in the place of a whole number until `fill`.

        Where the address does not say the field, there is nothing to hold open.
        """
        word = self._plain[name][0]
        if not self._spelled[word]:
            return self
        links = self._spelling(word, f"{word}={HELD_OPEN}")
        links._open = name
        return links

    @property
    def holds_open(self) -> bool:
        """Whether a field is held open, so that other states have the same links."""
        return bool(self._open)

    def fill(self, text: str) -> str:
        """Return a text that was made with these links, with what was held open in its place."""
        return self.fill_page(text.encode()).decode() if self._open else text

    def fill_page(self, page: bytes) -> bytes:
        """Return the same of a page as it is sent: a letter of it is one byte, seldom more."""
        if not self._open:
            return page
        number = get_choice(self.choices, self._open)
        first, *others = page.replace(_HELD_OPEN, b"%d" % number).split(_AT_MOST)
        parts = (other.partition(b"z") for other in others)
        filled = [b"%d%b" % (min(number, int(most)), rest) for most, _, rest in parts]
        return first + b"".join(filled)

    def at_most(self, name: str, most: int) -> "Links":
        """Return the links around the same state, with a whole number that is no larger.

        Held open, what comes to the origin's own number may be said, though it need not be.
        """
        word, kind, kept = self._plain[name]
        if name == self._open:
            text = f"{word}={AT_MOST}{most}z"
        else:
            said = self._spelled[word].partition("=")[2]
            if (int(said) if said else kept) <= most:
                return self
            text = "" if most == kept else _spelled(word, kind.write(most))
        if text not in self._alike:
            self._alike[text] = self._spelling(word, text)
        return self._alike[text]

    def apart_from(self, name: str) -> "Links":
        """Return the same links for whom is not to know a field: its choice is as at the origin."""
        if self._apart is None or self._apart[0] != name:
            links = self._copied()
            links.choices = change(self.choices, **{name: self._plain[name][2]})
            self._apart = name, links
        return self._apart[1]

    def spelled(self, name: str) -> str:
        """Return how this state’s address says a plain field; empty where it does not."""
        return self._spelled[self._plain[name][0]]

    def _spelling(self, word: str, text: str) -> "Links":
        links = self._copied()
        links._spelled = self._spelled | {word: text}
        links._parts, links._alike, links._apart = {}, {}, None
        return links

    def _copied(self) -> "Links":
        links = object.__new__(Links)
        vars(links).update(vars(self))  # what `copy` does, in a tenth of the time
        return links

    def to(self, lesson: str, **fields: Any) -> str:
        """Return the address of another lesson’s state, in this view; empty without a way to it."""
        mode = get_choice(self.choices, "mode") if has_choice(self.choices, "mode") else ""
        return self.resolve(LessonLink(lesson, {"mode": mode, **fields} if mode else fields))

    def pairs(self, **changes: Any) -> dict[str, str]:
        """Return the query of this state with some plain fields changed."""
        return dict(parse_qsl(self._query(changes), keep_blank_values=True))

    def address(self, *drop_tables: str, **changes: Any) -> str:
        """Return the canonical address of this state with some plain fields changed.

        Args:
            drop_tables: tables of which nothing is kept that was typed.
            changes: plain fields, and their values there.
        """
        query = self._query(changes, drop_tables)
        return f"{self.path}?{query}" if query else self.path

    def _query(self, changes: Mapping[str, Any], drop_tables: tuple[str, ...] = ()) -> str:
        changed = {}
        for name, value in changes.items():
            assert name in self._plain, f"{name} is a table, or no field"
            word, kind, kept = self._plain[name]
            text = "" if value == kept else _spelled(word, kind.write(value))
            if text != self._spelled[word]:
                changed[word] = text
        if drop_tables:
            spelled = self._spelled.copy()
            for table in drop_tables:
                spelled |= dict.fromkeys(get_choice(self.choices, table), "")
            return "&".join(filter(None, (spelled | changed).values()))
        words, fixed = self._beside(tuple(changed))
        texts = [fixed[0]]
        for word, after in zip(words, fixed[1:], strict=True):
            texts += changed[word], after
        return "&".join(filter(None, texts))

    def _beside(self, changed: tuple[str, ...]) -> tuple[list[str], list[str]]:
        """Return some fields in their order, and what stands before, between and after them.

        Most links of a page change the same few fields.
        """
        if changed not in self._parts:
            words: list[str] = []
            fixed: list[list[str]] = [[]]
            for name, text in self._spelled.items():
                if name in changed:
                    words.append(name)
                    fixed.append([])
                elif text:
                    fixed[-1].append(text)
            self._parts[changed] = words, ["&".join(texts) for texts in fixed]
        return self._parts[changed]


@lru_cache(maxsize=8192)
def _spelled(name: str, text: str) -> str:
    return f"{name}={quote(text, safe=',')}"
