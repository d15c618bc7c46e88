"""A line that does not run: the edits that its hint can mean are offered, and each of them runs."""

import pytest

from backprop.engine.errors import InputError
from backprop.engine.program import read
from backprop.stage.programs.mending import MOST, mended_lines

LEAVES = """A : 4 x 3 = random 1
W : 2 x 3 = random 2 * 0.6
B : 2 x 3 x 4 = random 3
c : 4 = ones
v : 4 = [0, 1, 1, 0]
Y : given 4 x 2 = random 3
"""


def mends(line, after="L = sum(Z)"):
    text = f"{LEAVES}{line}\n{after}"
    with pytest.raises(InputError) as refused:
        read(text)
    return mended_lines(text, refused.value)


@pytest.mark.parametrize(
    ("line", "better"),
    [
        ("Z = A @ W", ["Z = A @ W.T"]),
        ("Z = A.T @ W.T", ["Z = A @ W.T"]),
        ("Z = B @ B", ["Z = B @ B.mT", "Z = B.mT @ B"]),
        ("Z = A @ (W + W)", ["Z = A @ (W + W).T"]),
        ("Z = A @ -W", ["Z = A @ (-W).T"]),
        ("Z = A @ W.T + c", ["Z = A @ W.T + c[:, None]"]),
        ("Z = (A @ W.T - Y.T) ** 2", ["Z = (A @ W.T - Y) ** 2", "Z = ((A @ W.T).T - Y.T) ** 2"]),
        ("Z = tahn(A)", ["Z = tan(A)", "Z = tanh(A)"]),
        ("Z = concatenate((A, A))", ["Z = concat((A, A))"]),
        ("Z = A @ Wt.T", ["Z = A @ W.T"]),
        ("Z = a @ W.T", ["Z = A @ W.T"]),
        ("Z = A ^ 2", ["Z = A ** 2"]),
        ("Z = 2A", ["Z = 2 * A"]),
        ("Z = tanh(A", ["Z = tanh(A)"]),
        ("Z = tanh(A))", ["Z = tanh(A)"]),
        ("Z = A.sum", ["Z = A.sum()"]),
        ("Z = (A // 2)", ["Z = (floor(A / 2))"]),
        ("Z = A[v]", ["v : index 4 = [0, 1, 1, 0]"]),
        ("Z = norm(A)", []),
        ("Z = A @ c @ W", []),
        ("Z = A +", []),
    ],
)
def test_what_a_hint_means_is_offered_as_a_line_that_runs(line, better):
    found = mends(line)
    assert [mend.line for mend in found] == better
    for mend in found:
        read(mend.text)


def test_a_line_is_mended_though_one_below_it_does_not_run_and_what_runs_whole_comes_first():
    found = mends("Z = A @ W", after="L = sum(Z @ Z)")
    assert [mend.line for mend in found] == ["Z = A @ W.T"]
    both = mends("Z = (A @ W.T) @ Y", after="L = sum(Z @ A)")
    assert [mend.line for mend in both] == ["Z = (A @ W.T) @ Y.T", "Z = (A @ W.T).T @ Y"]


def test_a_part_of_a_line_is_mended_alone():
    text = "A : 2 x 3 = ones; B = A @ A  # squared\nL = sum(B)"
    with pytest.raises(InputError) as refused:
        read(text)
    assert mended_lines(text, refused.value)[0].text == (
        "A : 2 x 3 = ones; B = A @ A.T  # squared\nL = sum(B)"
    )


def test_without_a_place_in_the_text_nothing_is_offered():
    assert mended_lines("L = x", InputError("There is no x.", at="x")) == ()
    assert mended_lines(f"L = {'x' * 300}", InputError("Too long.", at=9)) == ()
    assert MOST == 3
