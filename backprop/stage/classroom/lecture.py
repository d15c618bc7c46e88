"""A lecture as a text that people read and edit: its scenes, with what is said and asked in each.

    # What begins with # is for whoever edits.
    /lessons/network?step=14
    title: How much does w₅ matter?
    asks: gradient
    numbers: their own
    note: Who sent 0.44 walks back from E, aloud.
      Factor by factor.

A scene begins with its address, and ends where the next begins. Further lines of a note begin with
two spaces. Nothing but the address has to be there.
"""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from backprop.engine.errors import InputError
from backprop.sharing.errors import StoreAway
from backprop.sharing.room import (
    LONGEST_ADDRESS,
    LONGEST_NOTE,
    LONGEST_TITLE,
    MOST_SCENES,
    Scene,
)

ADDRESSES = ("/", "http://", "https://")  # how the first line of a scene begins
FIELDS = ("title", "asks", "numbers", "note")
NUMBERS = {"their own": True, "the same": False}
LONGEST = {"address": LONGEST_ADDRESS, "title": LONGEST_TITLE, "note": LONGEST_NOTE}
INDENT = "  "
HEAD = """# A lecture for “backprop, slowly”. A scene begins with the address of its page; below it
# may stand title, asks, numbers (the same, or their own) and note. What begins with # is for you.
"""
EXAMPLE = "A scene begins with an address, as in /lessons/network?step=14."


class LectureError(InputError):
    """A text is no lecture; what is wrong begins with the number of the line."""


@dataclass
class _Begun:
    """A scene of which not all lines are read: what each field says, and on which line it began."""

    line: int
    address: str
    said: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


def write_lecture(scenes: Iterable[Scene]) -> str:
    """Return scenes as a text, which `read_lecture` reads as the same scenes, tidied."""
    return "\n".join((HEAD, *(_write(tidied(scene)) for scene in scenes)))


def _write(scene: Scene) -> str:
    first, *more = scene.note.split("\n")
    lines = [
        scene.address,
        f"title: {scene.title}" if scene.title else "",
        f"asks: {scene.asking}" if scene.asking else "",
        "numbers: their own" if scene.varied else "",
        f"note: {first}" if first else "",
    ]
    note = [f"{INDENT}{line}" if line else "" for line in more]
    return "\n".join([*(line for line in lines if line), *note]) + "\n"


def tidied(scene: Scene) -> Scene:
    """Return a scene as its text says it: a title of one line, a note with nothing around it."""
    title, note = " ".join(_plain(scene.title).split()), _plain(scene.note)
    note = "\n".join(line.rstrip() for line in note.split("\n")).strip()
    return replace(scene, number=0, title=title, note=note)


def read_lecture(text: str, complete: Callable[[Scene], Scene]) -> tuple[Scene, ...]:
    """Return the scenes of a lecture.

    Args:
        text: as people edit it.
        complete: gives a scene what its text need not say, as its title; raises what is wrong with
            its address, or with what is asked there.

    Raises:
        LectureError: it cannot be read, is too long, or has a scene that cannot be shown.
    """
    begun: list[_Begun] = []
    open_field, blank = "", 0
    for number, line in enumerate(_plain(text).split("\n"), start=1):
        if not line.strip():
            blank += 1
            continue
        if line[0] in " \t":
            if open_field != "note":
                raise _wrong(number, "A line that begins with a space belongs to a note.", EXAMPLE)
            begun[-1].said["note"] += "\n" * (1 + blank) + _unindented(line)
        elif line.startswith("#"):
            open_field = ""
        elif line.startswith(ADDRESSES):
            begun.append(_Begun(number, line.strip()))
            open_field = ""
        else:
            open_field = _take_field(begun, number, line)
        blank = 0
    if not begun:
        raise LectureError("There is no scene in this lecture.", hint=EXAMPLE, at="lecture")
    if len(begun) > MOST_SCENES:
        words = f"A lecture has at most {MOST_SCENES} scenes."
        raise _wrong(begun[MOST_SCENES].line, words, "Remove some, or make two of it.")
    return tuple(_finish(each, complete) for each in begun)


def _take_field(begun: list[_Begun], number: int, line: str) -> str:
    """Note what a line says of the scene that is being read; return which field it is."""
    name, colon, words = line.partition(":")
    name = name.strip().lower()
    if not colon or name not in FIELDS:
        hint = f"A line begins with an address, with #, or with one of: {', '.join(FIELDS)}."
        raise _wrong(number, f"“{_short(line)}” is no line of a lecture.", hint)
    if not begun:
        raise _wrong(number, f"“{name}” stands before the first scene.", EXAMPLE)
    if name in begun[-1].said:
        raise _wrong(number, f"“{name}” stands twice in this scene.", "Leave one of them.")
    begun[-1].said[name], begun[-1].lines[name] = words.strip(), number
    return name


def _finish(begun: _Begun, complete: Callable[[Scene], Scene]) -> Scene:
    said = begun.said
    numbers = said.get("numbers", "the same").lower()
    if numbers not in NUMBERS:
        hint = "They are “the same” for all, or “their own”."
        raise _wrong(begun.lines["numbers"], f"“{_short(numbers)}” says no numbers.", hint)
    title, note = said.get("title", ""), said.get("note", "")
    scene = tidied(
        Scene(0, begun.address, title, note, said.get("asks", ""), varied=NUMBERS[numbers])
    )
    for name, longest in LONGEST.items():
        if len(words := getattr(scene, name)) > longest:
            what = f"This {name} has {len(words):,} characters; {longest:,} are possible."
            raise _wrong(begun.lines.get(name, begun.line), what, "Make it shorter.")
    try:
        return complete(scene)
    except StoreAway:
        raise
    except InputError as error:
        line = begun.lines.get("asks", begun.line) if error.at == "asking" else begun.line
        raise _wrong(line, error.what, error.hint) from error


def _wrong(line: int, what: str, hint: str) -> LectureError:
    return LectureError(f"Line {line}: {what}", hint=hint, at="lecture")


def _plain(text: str) -> str:
    """Return a text with the line ends of Unix, and without what no editor shows."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(x for x in text if x in "\n\t" or unicodedata.category(x) not in ("Cc", "Cs"))


def _unindented(line: str) -> str:
    return line[1:] if line[0] == "\t" else line.removeprefix(INDENT if line[1:2] == " " else " ")


def _short(text: str) -> str:
    return text[:40] + "…" if len(text) > 40 else text
