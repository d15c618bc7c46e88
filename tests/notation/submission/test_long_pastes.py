"""What is pasted is read in a time that grows with its length and no faster, however odd it is.

Nothing here is timed. Each paste is long enough that a reader whose work grows with the square of
the length would not come back for minutes, and a pattern that may do so is only ever given a line,
a cell or a name of a bounded length.
"""

import pytest

from backprop.engine.errors import InputError
from backprop.notation.submission import (
    conventions,
    names,
    printed,
    printed_csv,
    printed_names,
    printed_rows,
)
from backprop.notation.submission.read import read_submission

MANY = 150_000
PASTES = {
    "hyphens": "-" * MANY,
    "blanks": " " * MANY + "x",
    "one line without a blank": "qZ7+/" * (MANY // 5),
    "brackets that open": "W1 = " + "[" * MANY,
    "a name with many parts": "a_" * (MANY // 2) + " = [1]",
    "points": "1." * (MANY // 2),
    "blank lines of a table": "W1,1\n" + "\n" * 25_000 + "b1,2",
    "blank lines": "W1 = [1]\n" + "\n" * MANY + "#",
    "a row of semicolons that is not closed": "W1 = [" + "1;" * 19_000 + "0" * MANY + "[",
    "blanks behind a prompt": "W1 =\n> a" + " " * MANY + "x",
    "a line that nearly begins a matrix": "W1 =\n1x1 Matrix: " + " :" * (MANY // 2) + "x",
    "blanks behind a convention": "loss = a" + " " * MANY + "x\nW1 = [1]",
    "numbers between arrays": "W1 = [1]\n" + "1 " * 25_000 + "\nb1 = [2]",
    "objects in objects": "a = " + '{"a":1,' * 6_000,
    "calls in calls": "a: " + " 1(a): f(" * 4_000 + "1:" * 1_000,
    "long names of many numbers": f"{'W' * 60_000}" + " = {" + "a=1," * 2_000,
}


@pytest.mark.parametrize("text", PASTES.values(), ids=PASTES.keys())
def test_a_long_paste_is_read_or_refused_in_our_own_words(text):
    with pytest.raises(InputError):
        read_submission(text)


class Recorder:
    """A pattern that remembers the longest text it was given."""

    def __init__(self, pattern):
        self.pattern, self.longest = pattern, 0

    def __getattr__(self, name):
        found = getattr(self.pattern, name)
        if name not in ("match", "fullmatch", "search", "findall", "finditer", "sub"):
            return found

        def given(*arguments):
            text = arguments[1] if name == "sub" else arguments[0]
            self.longest = max(self.longest, len(text))
            return found(*arguments)

        return given


BOUNDED = (  # a pattern that may take its time, and the longest text that it is given
    *((names, name, 80) for name in ("_GRADIENT", "_PARAMETER", "_NAMED_LAYER", "_INTERMEDIATE")),
    *((printed, name, 80) for name in ("_ENTRY", "_INDEXED")),
    (printed_csv, "_ENTRY", 80),
    (printed_names, "_LAYER_NAME", 80),
    (conventions, "_SPELLED", 200),
    *((printed_rows, name, 600) for name in ("_R_NAME", "_PROMPT", "_JULIA", "_MATLAB")),
)


def test_patterns_of_names_and_headings_are_given_short_texts_only(monkeypatch):
    names._read_name.cache_clear()
    recorders = []
    for module, name, longest in BOUNDED:
        recorder = Recorder(getattr(module, name))
        monkeypatch.setattr(module, name, recorder)
        recorders.append((name, recorder, longest))
    word = "a1_" * 10_000
    for text in (
        *(f"{word} = [1]", f"W1 = [1]\n{word}: 2", f"1.{word} 2", f"{word},1,2\n{word},1,2"),
        *(
            f"W1 =\n{word}\n",
            f"W1 =\n> {word}\n",
            f"$W1\n${word}\n[1] 2\n",
            f"W1 =\n{word} =\n 1\n",
        ),
        *(f"W1 =\n1x1 Matrix{word}:\n", f"loss = {word[:190]}\nW1 = [[1]]", "w1_1_1,2\nw1_1_2,3"),
        *("W1[0,1] = 3\nw_1_2 = 4", "0.weight 2\ndW1 = [1]"),
        f'{{"loss": "{word}", "W1": [[1]], "{word}": 1}}',
    ):
        with pytest.raises(InputError):
            read_submission(text)
    assert {name: 0 < r.longest <= most for name, r, most in recorders} == dict.fromkeys(
        (name for name, _, _ in recorders), True
    )
