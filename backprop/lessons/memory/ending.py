"""The end of the lesson on memory: sixteen layers in three sentences, and what is asked back."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from backprop.drawing.charts import Series, curves_chart
from backprop.engine.arrays.uses import Use, uses
from backprop.engine.program import Program
from backprop.engine.tape.placement import curve, root_of
from backprop.lessons.memory.asked import ask_again, ask_peak
from backprop.lessons.memory.choices import Choices
from backprop.lessons.memory.passes import memory_of
from backprop.lessons.memory.presets import PRESETS
from backprop.lessons.memory.programs import layers
from backprop.notation.formula import Code
from backprop.stage.choices import change
from backprop.stage.ending import Ending
from backprop.stage.plane import Chart
from backprop.stage.quiz.question import Choice, Question, WrongAnswer
from backprop.stage.walk.explanation import Words, number, phrase

PEAK_APART, AGAIN_APART = 31, 53  # of seeds: one says nothing of the next
READS = {  # what of Z and A = f(Z) is read on the way back → functions
    "z": ("relu(Z)", "sin(Z)", "cos(Z)", "Z ** 2", "Z ** 3", "abs(Z)"),
    "a": ("tanh(Z)", "exp(Z)", "sigmoid(Z)"),
    "none": ("Z + b", "3 * Z", "-Z", "Z / 2", "Z - b"),
}
NAMED = {"z": ("only Z",), "a": ("only A",), "none": ("neither of the two",)}


def make_ending() -> Ending:
    """Return what was seen of sixteen layers, with all kept and with every fourth line kept."""
    start = next(preset for preset in PRESETS if preset.name == "sixteen-layers").choices
    memory = memory_of(start)
    found = memory_of(change(start, keep="best"))
    points = curve(memory.tape)
    counts, again = [point.kept for point in points], [point.again for point in points]
    return Ending(
        title="Kept, or computed again",
        sentences=(
            phrase(
                "A line’s value is kept only if a product on the way back mentions it: {sum} needs "
                "none, {tanh} its own result. Sixteen layers keep {peak} arrays.",
                sum=Code("a + b"),
                tanh=Code("tanh"),
                peak=number(float(memory.peak_all), "forward"),
            ),
            phrase(
                "With a checkpoint at every fourth line the peak is {peak}, and {again} lines are "
                f"computed again: {memory.plan.work} lines run instead of {memory.all_kept.work}. "
                "The gradient is the same to the last bit.",
                peak=number(float(memory.peak), "forward"),
                again=number(float(memory.plan.again), "forward"),
            ),
            phrase(
                f"For n lines about √n checkpoints keep about 2√n arrays; {root_of(memory.tape)} "
                "placed best keep {peak} here.",
                peak=number(float(found.peak), "forward"),
            ),
        ),
        picture=Chart(
            curves_chart(
                (
                    Series("peak", counts, [point.peak for point in points], "--ink", width=2.6),
                    Series("computed again", counts, again, "--fwd", "dash", 2.0),
                ),
                ("checkpoints", "arrays, lines"),
                top=float(memory.peak_all),
            ),
            f"Peak and lines computed again for 0 to {points[-1].kept} checkpoints: the peak "
            f"falls from {points[0].peak} to {min(p.peak for p in points)} and rises again.",
            ("checkpoints", "peak", "computed again"),
            tuple((str(p.kept), str(p.peak), str(p.again)) for p in points),
        ),
        caption=("Sixteen layers: the peak, and dashed how many lines are computed again.",),
    )


def _ask_peak(seed: int) -> Question:
    """Return the question how many arrays a chain of layers keeps, with and without checkpoints."""
    rng = Random(seed + PEAK_APART)
    count = rng.randint(8, 24)
    k = rng.choice([each for each in (2, 3, 4, 5, 6) if each < count])
    memory = memory_of(Choices(program=layers(count, 2), keep="every", every=k))
    question = ask_peak(memory)
    return replace(
        question,
        prompt=phrase(
            f"{count} layers {{line}} in a chain; every {_nth(k)} line but the last is a "
            "checkpoint, each segment is computed again before it is undone, and its last line is "
            "held. How many of the values h are held at the peak?",
            line=Code("h = tanh(h @ W.T)"),
        ),
        explanation=(
            *question.explanation,
            f" {len(memory.plan.kept)} checkpoints, and a segment of up to {k} lines.",
        ),
    )


def _ask_needed(seed: int) -> Question:
    """Return the question which of two lines is read on the way back, if any."""
    rng = Random(seed)
    right = rng.choice(sorted(READS))
    function = rng.choice(READS[right])
    leaves = "X : given 4 x 3 = random 1\nW : 2 x 3 = random 2\nb : 2 = random 3"
    lines = ("Z = X @ W.T + b", f"A = {function}", "L = sum(A)")
    memory = memory_of(Choices(program="\n".join((leaves, *lines))))
    _, sends = (Code(f"d{use.name} = {use.text}") for use in _first_uses(memory.tape.program))
    about = phrase(
        "What A sends back is {sent}; a sum reads no value, and Z sends dZ and what it takes from "
        "X and W, which are leaves.",
        sent=sends,
    )
    hint: Words = ("Write what ", Code(lines[1]), " sends back to Z: which name is in it?")
    titles = {
        "z": "The value before taken for the one after" if right == "a" else "Z kept for nothing",
        "a": "The value after taken for the one before" if right == "z" else "A kept for nothing",
        "none": "Let go too soon",
    }
    return Question(
        prompt=phrase(
            "{lines}. Which value is read on the way back, beside leaves?",
            lines=Code("; ".join(lines)),
        ),
        quantity="needed",
        kind="choice",
        right=right,
        wrong=tuple(WrongAnswer(name, titles[name], hint) for name in titles if name != right),
        choices=tuple(Choice(name, words) for name, words in NAMED.items()),
        explanation=about,
    )


def _first_uses(program: Program) -> tuple[Use, Use]:
    """Return what the last line sends to A, and A to Z."""
    first, second, *_ = uses(program)
    return first, second


def _ask_again(seed: int) -> Question:
    """Return the question how many lines of a chain are computed again."""
    rng = Random(seed + AGAIN_APART)
    k = rng.choice((3, 4, 5, 6))
    count = k * rng.randint(2, 4)
    memory = memory_of(Choices(program=layers(count, 2), keep="every", every=k))
    question = ask_again(memory)
    return replace(
        question,
        prompt=phrase(
            f"{count} layers {{line}} in a chain; every {_nth(k)} line is kept, the others are let "
            "go on the way forward. How many lines are computed again on the way back?",
            line=Code("h = tanh(h @ W.T)"),
        ),
    )


def _nth(k: int) -> str:
    return {2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}[k]


QUESTIONS: Mapping[str, Callable[[int], Question]] = {
    "peak": _ask_peak,
    "needed": _ask_needed,
    "again": _ask_again,
}
