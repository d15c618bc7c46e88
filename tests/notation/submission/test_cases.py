"""What people brought, with what is right of it: read as they meant it, or refused in words."""

from pathlib import Path

import pytest

from backprop.engine.errors import InputError
from backprop.engine.network import Network
from backprop.notation.submission.judgement import judge
from backprop.notation.submission.read import Submission, read_submission

CASES = Path(__file__).parents[2] / "reference" / "cases"
TORCH = Network((2, 3, 1), ("tanh", "linear"), "mean_squared_error")
BY_HAND = Network((2, 2, 2), ("sigmoid", "sigmoid"))
RIGHT = {
    **dict.fromkeys(("fc.txt", "list.txt", "named.txt", "sd.txt", "wb.txt"), ("f_torch_", TORCH)),
    ".npz": ("f_torch", TORCH),
    **dict.fromkeys(("jax.txt", "pydict.txt", "w_lower.txt"), ("f_", BY_HAND)),
    **dict.fromkeys(("columns_right.json", "rows_right.json"), ("n20*coursera_", None)),
    **dict.fromkeys(("n20e*", "n21_*", "n21b*", "n21c*", "n21d*", "n21f*"), ("", None)),
    **dict.fromkeys(("n32f*", "n32g*", "n32h*"), ("", None)),
}


def given(pattern):
    (file,) = CASES.glob(pattern)
    return file.read_bytes() if file.suffix in (".npz", ".pt") else file.read_text()


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_gradient_is_read_rightly(name):
    before, network = RIGHT[name]
    submission = read_submission(given(before + name), network)
    assert isinstance(submission, Submission)
    assert judge(submission).ok


def test_a_planted_slip_is_wrong_whichever_way_the_examples_lie():
    assert not judge(read_submission(given("n20b*"))).ok


def test_names_of_other_libraries_are_ours():
    submission = read_submission(given("n32i*"))
    assert (submission.network.activations, submission.network.loss) == (
        ("sigmoid",),
        "mean_squared_error",
    )
    submission = read_submission(given("n32h*"))
    assert submission.network.activations == ("relu", "linear")


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("f_elided.txt", "The print leaves numbers out, in line 1, column 18."),
        ("f_keras.txt", "There is no gradient here."),
        ("f_micrograd.txt", "There are 2 values, and a network of 2, 2, 2 has 12."),
        ("f_coursera_theta.txt", "are single numbers, and no arrays of a network."),
        ("f_torch.pt", "This is a file of PyTorch (.pt, .pth), which holds a pickle"),
    ],
)
def test_what_is_no_gradient_of_the_network_is_told_as_what_it_is(pattern, words):
    with pytest.raises(InputError) as caught:
        read_submission(given(pattern), BY_HAND)
    assert words in str(caught.value)
    assert caught.value.hint
