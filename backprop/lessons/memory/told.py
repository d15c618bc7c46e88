"""What is said at a step: what the line makes, who reads it; what is held, by which line, why."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from backprop.engine.arrays.shapes import shape_text
from backprop.engine.arrays.texts import line_of, rewritten, value_trees
from backprop.engine.arrays.uses import Use, uses
from backprop.engine.program import Program
from backprop.engine.tape.needed import mentions
from backprop.engine.tape.plan import AGAIN, ASKED, BACK, FORWARD, PASSING, VALUE, Life
from backprop.lessons.memory.passes import Memory
from backprop.lessons.memory.roll import amount
from backprop.notation.formula import Code
from backprop.stage.programs.passes import own_name
from backprop.stage.walk.explanation import Words, phrase, spoken

LONGEST = 64  # letters of a text that is quoted


@dataclass(frozen=True, slots=True)
class Holding:
    """Something that is held.

    Attributes:
        name: h4, or dh4; of a part of a line, its text.
        line: the line that holds it: “line 4, h4”; of a gradient whose it is.
        shape, size: 2×4, and how many bytes.
        why: what reads it next.
        kind: “value”, “kept” or “gradient”.
    """

    name: str
    line: str
    shape: str
    size: str
    why: Words
    kind: str


@dataclass(frozen=True, slots=True)
class Told:
    """What is said at a step.

    Attributes:
        phase: “forward” or “backward”.
        about: which line is run, or undone.
        sentence: what is kept of it, and why; or what is read.
        holdings: what is held now.
        aloud: the same for a screen reader.
    """

    phase: str
    about: Words
    sentence: Words
    holdings: tuple[Holding, ...]
    aloud: str


def tell(memory: Memory, at: int) -> Told:
    """Return what is said at a step."""
    event = memory.plan.events[at]
    name = Code(memory.name(event.line))
    about, sentence = {FORWARD: _run, AGAIN: _run_again, BACK: _undone}[event.kind](
        memory, at, event.line, name
    )
    held = amount(memory, memory.held[at])
    return Told(
        phase="forward" if event.kind == FORWARD else "backward",
        about=about,
        sentence=sentence,
        holdings=tuple(_holdings(memory, at)),
        aloud=f"{spoken(about).strip().capitalize()}. Held: {held}. {spoken(sentence)}",
    )


def _run(memory: Memory, at: int, line: int, name: Code) -> tuple[Words, Words]:
    parts = [why_needed(memory, line)]
    tape = memory.tape
    gone = [life for life in memory.plan.lives if life.kind == VALUE and life.last == at]
    gone_names = [_called(memory, life.node) for life in gone if life.last > life.first]
    is_last = line == len(tape.lines) - 1
    if not is_last and line not in memory.plan.kept and {*tape.lines[line].makes} & tape.needed:
        parts.append((" It is no checkpoint: it is let go, and made again on the way back.",))
    if gone_names:
        parts.append((" After this step ", *_listed(map(Code, gone_names)), _is(gone_names),
                      " let go."))  # fmt: skip
    return (f"line {line + 1}, ", name, ", is run"), tuple(
        piece for part in parts for piece in part
    )


def why_needed(memory: Memory, line: int) -> Words:
    """Return why the way back reads what a line makes, or that it does not."""
    tape, name = memory.tape, Code(memory.name(line))
    makes = tape.lines[line].makes
    own = tape.owner[tape.lines[line].node]
    hidden = [i for i in makes if i != own and i in tape.needed]
    found: Words
    if own in tape.needed:
        reader = tape.readers(own)[-1]
        text = _read_by(memory, reader, own)
        found = phrase(
            "{name} is needed on the way back: line {reader} reads it, {sent}.",
            name=name,
            reader=Code(memory.name(reader)),
            sent=text,
        )
    else:
        found = phrase("No product on the way back reads the value of {name}.", name=name)
    if hidden:
        parts = tuple(_listed(Code(_called(memory, i)) for i in hidden[:2]))
        more = f", and {len(hidden) - 2} more" if len(hidden) > 2 else ""
        found = (*found, " The line keeps of its inside: ", *parts, f"{more}.")
    return found


def _run_again(memory: Memory, at: int, line: int, name: Code) -> tuple[Words, Words]:
    reads = [Code(_called(memory, i)) for i in sorted(memory.tape.lines[line].reads)]
    start: Words = (" from ", *_listed(reads)) if reads else (" from leaves alone",)
    nexts = [
        event.line
        for step, event in enumerate(memory.plan.events)
        if step > at and event.kind == BACK
        and memory.tape.lines[event.line].needs & set(memory.tape.lines[line].makes)
    ]  # fmt: skip
    why: Words = ()
    if nexts:
        why = (" It was let go, and line ", Code(memory.name(nexts[0])), " is to be undone.")
    return (f"line {line + 1}, ", name, ", is run again"), (
        name,
        " is computed again,",
        *start,
        ".",
        *why,
    )


def _undone(memory: Memory, at: int, line: int, name: Code) -> tuple[Words, Words]:
    tape, plan = memory.tape, memory.plan
    needs = sorted(tape.lines[line].needs, reverse=True)
    texts = [use for use in uses(tape.program) if use.line == memory.name(line)]
    said = [Code(short(f"d{own_name(use.name)} {_sign(use)} {use.text}")) for use in texts[:3]]
    reads: Words = (" reads ", *_listed(Code(_called(memory, i)) for i in needs)) if needs else (
        " reads no value",)  # fmt: skip
    what: Words = (": ", *_listed(said), "." if len(texts) <= 3 else " …") if said else (".",)
    gone = [
        _called(memory, life.node)
        for life in plan.lives
        if life.kind == VALUE and life.last == at and VALUE in memory.kinds
    ]
    after: Words = ()
    if gone:
        after = (" Then ", *_listed(map(Code, gone)), _is(gone), " let go.")
    return (f"line {line + 1}, ", name, ", is undone"), (
        "Going back through ",
        name,
        *reads,
        *what,
        *after,
    )


def _holdings(memory: Memory, at: int) -> Iterable[Holding]:
    tape, program = memory.tape, memory.tape.program
    for life in sorted(memory.plan.at(at), key=lambda life: (life.kind != VALUE, life.node)):
        if life.kind not in memory.kinds:
            continue
        node = program.nodes[life.node]
        if life.kind == VALUE:
            line = tape.maker[life.node]
            kind = "kept" if line in memory.plan.kept else "value"
            name, holder = _called(memory, life.node), f"line {line + 1}, {memory.name(line)}"
        else:
            kind, holder = "gradient", node.name
            name = f"d{own_name(node.name)}"
        yield Holding(
            name=name,
            line=holder,
            shape=shape_text(node.shape or ()),
            size=f"{tape.size(life.node):,} B",
            why=_why(memory, life, at),
            kind=kind,
        )


def _why(memory: Memory, life: Life, at: int) -> Words:
    """Return what reads an array next."""
    if life.kind == ASKED:
        return ("asked for: it stays",)
    if life.kind == PASSING:
        return ("still to be passed on",) if life.last > at else ("passed on now",)
    nexts = [step for step in life.read if step >= at]
    if not nexts:
        return ("just made; nothing reads it",)
    event = memory.plan.events[nexts[0]]
    reader = Code(memory.name(event.line))
    when = "now" if nexts[0] == at else f"at step {nexts[0] + 1}"
    if event.kind == BACK:
        text = _read_by(memory, event.line, life.node)
        return (f"read {when}, back through ", reader, ": ", text)
    return (f"read {when} by line ", reader)


def _read_by(memory: Memory, line: int, node: int) -> Code:
    """Return the text by which going back through a line reads an array."""
    program, called = memory.tape.program, memory.tape.program.nodes[node].name
    found = [use for use in uses(program) if use.line == memory.name(line)]
    names = [use for use in found if called in mentions(use.text)]
    use = (names or found)[0]
    return Code(short(f"d{own_name(use.name)} {_sign(use)} {use.text}"))


def _sign(use: Use) -> str:
    return "+=" if use.times > 1 else "="


def short(text: str) -> str:
    """Return a text, cut where it is long."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _called(memory: Memory, node: int) -> str:
    """Return what an array is called: the name of its line, or what it is inside of one."""
    tape = memory.tape
    line = tape.lines[tape.maker[node]]
    return line.name if node == line.node else _part(tape.program, node)


@lru_cache(maxsize=2048)
def _part(program: Program, node: int) -> str:
    tree = value_trees(program, line_of(program, node))[node]
    return short(ast.unparse(rewritten(tree)))


def _listed(words: Iterable[str]) -> Words:
    """Return words with commas and an “and” between them."""
    found = list(words)
    joined: list[str] = []
    for n, word in enumerate(found):
        joined += [word] if not n else [" and " if n == len(found) - 1 else ", ", word]
    return tuple(joined)


def _is(names: list[str]) -> str:
    return " is" if len(names) == 1 else " are"
