"""Asking first: how much is held at the peak, whether a value is needed, what is computed again.

A question is answered before its number is shown; a wrong answer that a known slip gives is called
by its name.
"""

from backprop.engine.tape.plan import BACK, FORWARD, PASSING, VALUE
from backprop.lessons.memory.choices import Choices
from backprop.lessons.memory.passes import Memory, memory_of
from backprop.lessons.memory.told import why_needed
from backprop.notation.formula import Code
from backprop.stage.links import Links
from backprop.stage.quiz.asked_back import NO_ANSWER, AskedBack, AskingChoices, make_asked_back
from backprop.stage.quiz.panel import Switch
from backprop.stage.quiz.question import Asking, Asks, Choice, Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import wrong_numbers
from backprop.stage.walk.explanation import Words, number

PEAK, NEEDED, MADE_AGAIN = "peak", "needed", "again"
YES_OR_NO = (Choice("yes", ("Yes, it is read.",)), Choice("no", ("No, nothing reads it.",)))


def kind_at(memory: Memory, at: int) -> str:
    """Return what is asked at a step: the peak at the first, a line's value at the others.

    Where lines are computed again, how many is asked at the first step back; empty where nothing.
    """
    if at == 0:
        return PEAK
    if memory.plan.events[at].kind == FORWARD:
        return NEEDED
    first_back = len(memory.tape.lines)
    return MADE_AGAIN if at == first_back and memory.plan.again else ""


def make_question(memory: Memory, kind: str, at: int) -> Question:
    """Return one of the three questions."""
    if kind == PEAK:
        return ask_peak(memory)
    return ask_again(memory) if kind == MADE_AGAIN else ask_needed(memory, at)


def ask_peak(memory: Memory) -> Question:
    """Return the question how much is held at the peak."""
    plan, what = memory.plan, "bytes" if memory.in_bytes else "arrays"
    right = float(memory.peak)
    counts = PASSING in memory.kinds
    leaves = [i for i, node in enumerate(memory.tape.program.nodes) if node.is_variable]
    more = sum(memory.tape.size(i) for i in leaves) if memory.in_bytes else len(leaves)
    results = [line.node for line in memory.tape.lines]
    every = sum(map(memory.tape.size, results)) if memory.in_bytes else len(results)
    only = plan.peak(in_bytes=memory.in_bytes, kinds=(VALUE,))
    both = plan.peak(in_bytes=memory.in_bytes, kinds=(VALUE, PASSING))
    step = memory.held.index(memory.peak)
    about: Words = (
        f"At step {step + 1} ",
        number(right, "forward"),
        f" {what} are held, and at no step more.",
    )
    slips = [
        WrongAnswer(
            right + more,
            "Leaves counted too",
            ("Inputs and weights are there anyway: what the pass itself makes is counted.",),
        ),
        WrongAnswer(
            float(every),
            "Every result counted",
            ("What no product reads is let go as soon as the next line has read it.",),
        ),
        WrongAnswer(
            float(only if counts else both),
            "Gradients forgotten" if counts else "Gradients counted",
            ("Gradients on their way are held too, and counted here.",)
            if counts
            else ("Only values are counted here: gradients are another switch.",),
        ),
        WrongAnswer(
            float(memory.peak_all),
            "As if all were kept",
            ("What is no checkpoint is let go on the way forward.",),
        ),
    ]
    return Question(
        prompt=(f"How many {what} are held at the peak?",),
        quantity="peak",
        kind="number",
        right=right,
        wrong=wrong_numbers(right, tuple(slips)),
        explanation=about,
        lede=("An array lives from the line that makes it to the last that reads it.",),
    )


def ask_needed(memory: Memory, at: int) -> Question:
    """Return the question whether the way back reads what a line makes."""
    line = memory.plan.events[at].line
    name = Code(memory.name(line))
    own = memory.tape.owner[memory.tape.lines[line].node]
    needed = own in memory.tape.needed
    right, wrong = ("yes", "no") if needed else ("no", "yes")
    title = "Let go too soon" if needed else "Everything kept"
    about = why_needed(memory, line)
    hint: Words = ("Write what each line that reads ", name, " sends back, and its own product: ",
                   "does one of them mention ", name, "?")  # fmt: skip
    return Question(
        prompt=("Is the value of ", name, " read on the way back?"),
        quantity=f"needed.{name}",
        kind="choice",
        right=right,
        wrong=(WrongAnswer(wrong, title, hint),),
        choices=YES_OR_NO,
        explanation=about,
    )


def ask_again(memory: Memory) -> Question:
    """Return the question how many lines are computed again."""
    plan = memory.plan
    right, lines, kept = float(plan.again), len(memory.tape.lines), len(plan.kept)
    back = sum(event.kind == BACK for event in plan.events)
    return Question(
        prompt=("How many lines are computed again?",),
        quantity="again",
        kind="number",
        right=right,
        wrong=wrong_numbers(
            right,
            (
                WrongAnswer(
                    float(lines),
                    "All lines run twice",
                    (f"The {kept} checkpoints and the last line are held, and not run again.",),
                ),
                WrongAnswer(
                    float(lines - 1),
                    "Checkpoints run again",
                    (f"The {kept} checkpoints are held until they are read.",),
                ),
                WrongAnswer(
                    float(kept + 1),
                    "Segments counted",
                    ("Each segment is run again line by line.",),
                ),
                WrongAnswer(
                    float(lines + back + plan.again),
                    "All work counted",
                    ("Only what runs a second time is asked for.",),
                ),
            ),
        ),
        explanation=(
            number(right, "forward"),
            f" of {lines} lines run twice: those that are neither kept nor the last, as far as the "
            "way back needs what they make.",
        ),
    )


def asked_at(choices: Choices, memory: Memory, at: int, links: Links) -> AskedBack | None:
    """Return the question of a step; None where nothing is asked."""
    kind = kind_at(memory, at) if choices.asks else ""
    if not kind:
        return None
    question = make_question(memory, kind, at)
    said = AskingChoices(
        fresh=choices.fresh,
        answer=choices.answer,
        tried=choices.tried,
        check=choices.check,
        tell=choices.tell,
    )
    return make_asked_back("memory", kind, lambda _: question, said, links)


def make_switch(choices: Choices, links: Links) -> Switch:
    """Return the switch of asking first."""
    asks = choices.asks
    back = {} if asks else {"step": 0}
    return Switch(asks, links.address(**NO_ANSWER, **back, asks=not asks))


def _at(choices: Choices) -> tuple[Memory, int]:
    memory = memory_of(choices)
    return memory, min(choices.step, len(memory.steps) - 1)


def _askings(choices: Choices) -> tuple[Asking, ...]:
    memory, at = _at(choices)
    what = "bytes" if memory.in_bytes else "arrays"
    found = [Asking(PEAK, (f"How many {what} are held at the peak",), "number")]
    if memory.plan.again:
        found.append(Asking(MADE_AGAIN, ("How many lines are computed again",), "number"))
    if memory.plan.events[at].kind == FORWARD:
        name = Code(memory.name(memory.plan.events[at].line))
        needed = Asking(NEEDED, ("Whether the way back reads ", name), "choice")
        found.insert(0 if at else 1, needed)
    return tuple(found)


def _question(choices: Choices, name: str) -> Question:
    memory, at = _at(choices)
    return make_question(memory, name, at)


ASKS = Asks(askings=_askings, question=_question)
