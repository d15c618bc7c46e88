"""What is asked back of arrays, beside their shapes: the rule of a use, and a sum over a batch."""

from random import Random

from backprop.notation.formula import Number
from backprop.notation.numerals import short
from backprop.stage.quiz.question import Choice, Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import wrong_numbers
from backprop.stage.walk.explanation import number, phrase

RULE_APART, BATCH_APART = 17, 29  # of seeds: one says nothing of the next
RULES = {  # a line → the name that is asked about, and what can be sent to it, the right one first
    "Z = X @ W.T": ("W", ("dZ.T @ X", "X.T @ dZ", "dZ @ X.T", "dZ * X")),
    "Z = X @ W": ("W", ("X.T @ dZ", "dZ.T @ X", "dZ @ W.T", "X * dZ")),
    "S = A @ B": ("A", ("dS @ B.T", "B.T @ dS", "dS.T @ B", "dS * B")),
    "S = A @ B.T": ("A", ("dS @ B", "dS @ B.T", "B.T @ dS", "dS * B")),
}
LETTERS = "abcd"


def ask_rule(seed: int) -> Question:
    """Return the question what a line sends back to one of its factors."""
    rng = Random(seed + RULE_APART)
    line, (name, texts) = rng.choice(list(RULES.items()))
    order = list(texts)
    rng.shuffle(order)
    named = dict(zip(order, LETTERS, strict=True))
    out = line[0]
    about = phrase(
        "The other factor stands where {name} stood, transposed, and d{out} takes the place of "
        "{out}: only {right} has the shape of {name} and sums over the axis that both share.",
        name=name,
        out=out,
        right=texts[0],
    )
    hint = phrase(
        "Write the shapes below it: what is sent to {name} has the shape of {name}, and the axis "
        "that is summed over is the one that d{out} and the other factor share.",
        name=name,
        out=out,
    )
    titles = ("A transpose on the wrong side", "The factors changed places", "Entry by entry")
    return Question(
        prompt=phrase("What does {line} send back to {name}?", line=line, name=name),
        quantity=f"rule.{name}",
        kind="choice",
        right=named[texts[0]],
        wrong=tuple(
            WrongAnswer(named[text], title, hint)
            for text, title in zip(texts[1:], titles, strict=True)
        ),
        choices=tuple(Choice(named[text], (text,)) for text in order),
        explanation=about,
    )


def ask_batch(seed: int) -> Question:
    """Return the question for the gradient of a bias that every row of a batch used."""
    rng = Random(seed + BATCH_APART)
    while True:
        column = [rng.choice((-1, 1)) * rng.randint(2, 9) / 10 for _ in range(rng.choice((3, 4)))]
        total = round(sum(column), 1)
        if total and abs(total - column[0]) > 0.05 and abs(total) > 0.15:
            break
    n = len(column)
    listed = ", ".join(map(short, column))
    about = phrase(
        "b was used by {n} rows, so what comes back is added: {sum} = {total}.",
        n=str(n),
        sum=" + ".join(f"({short(x)})" if x < 0 else short(x) for x in column),
        total=number(total, "backward"),
    )
    hint = phrase("b was used by {n} rows. Each use sends back its own part.", n=str(n))
    mean = WrongAnswer(total / n, "Divided by the batch a second time", hint)
    first = WrongAnswer(column[0], "One row only", hint)
    given: tuple[Number, ...] = tuple(number(x, "backward") for x in column)
    return Question(
        prompt=phrase(
            "Z = X @ W.T + b has {n} rows, and the first column of dZ is {column}. What is db[0]?",
            n=str(n),
            column=listed,
        ),
        quantity="db.0",
        kind="number",
        right=total,
        wrong=wrong_numbers(total, (mean, first)),
        explanation=about,
        given=tuple((phrase("dZ[{i}, 0]", i=str(i)), x) for i, x in enumerate(given)),
    )
