"""What a learner brings as text: prints of NumPy and PyTorch, JSON and CSV."""

import json

import numpy as np
import pytest

from backprop.engine.differences.precision import find_precision
from backprop.engine.errors import InputError, LimitError
from backprop.notation.submission.place import MOST_BYTES
from backprop.notation.submission.printed import find_kind, read_arrays

W1, B1 = [[0.15, 0.2], [0.25, 0.3]], [0.35, -0.35]
BOTH = {"W1": W1, "b1": B1}
SAME = [
    pytest.param("W1 = [[0.15 0.2 ]\n [0.25 0.3 ]]\nb1 = [ 0.35 -0.35]", id="printed by NumPy"),
    pytest.param("W1\n[[0.15 0.2 ]\n [0.25 0.3 ]]\n\nb1\n[ 0.35 -0.35]", id="name on its own line"),
    pytest.param("W1: [[.15, .2], [.25, .3]]; b1: [.35, −.35]", id="lists, and a printed minus"),
    pytest.param(
        "W1 = array([[0.15, 0.2 ],\n       [0.25, 0.3 ]])\nb1 = np.array([0.35, -0.35], "
        "dtype=np.float32)",
        id="array()",
    ),
    pytest.param(
        "{'W1': array([[1.5e-01, 2.0e-01],\n [2.5e-01, 3.0e-01]], dtype=float32), "
        "'b1': array([ 3.5e-01, -3.5e-01])}",
        id="a printed dict",
    ),
    pytest.param(
        "step 7: loss 0.298\nparameters['W1'] = tensor([[0.1500, 0.2000],\n        [0.2500, "
        "0.3000]], device='cuda:0', grad_fn=<AddBackward0>)\nshape torch.Size([2, 2])\n"
        'parameters["b1"] = tensor([ 0.3500, -0.3500], dtype=torch.float64, requires_grad=True)',
        id="printed by PyTorch",
    ),
    pytest.param(
        "W1 tensor(1.0000e-01 *\n       [[ 1.5000,  2.0000],\n        [ 2.5000,  3.0000]])\n"
        "b1\n1.0e-02 *\n[35, -35]",
        id="a factor, as old PyTorch",
    ),
    pytest.param(
        "OrderedDict([('W1', tensor([[0.15, 0.2], [0.25, 0.3]])), ('b1', tensor([.35, -.35]))])",
        id="a state dict",
    ),
    pytest.param('{"W1": [[0.15, 0.2], [0.25, 0.3]], "b1": [0.35, -0.35]}', id="JSON"),
    pytest.param("W1\n0.15,0.2\n0.25,0.3\n\nb1\n0.35,-0.35\n", id="CSV in blocks"),
    pytest.param('"W1",0.15,0.2,\r\nW1,0.25,0.3,\r\nb1,0.35,-0.35', id="CSV with names in rows"),
    pytest.param("W1;0,15;0,2\nW1;0,25;0,3\nb1;0,35;-0,35", id="decimal commas"),
    pytest.param("# W1\n0.15 0.2\n0.25 0.3\n# b1\n0.35 -0.35\n# the end, it is", id="savetxt"),
    pytest.param(
        "".join(f"W1[{i},{j}],{W1[i][j]}\n" for i in (0, 1) for j in (0, 1))
        + "b1_1,0.35\nb1_2,-0.35",
        id="CSV by entries",
    ),
]


def lists(arrays):
    return {name: array.tolist() for name, array in arrays.items()}


def refused(given, words):
    with pytest.raises(InputError) as caught:
        read_arrays(given)
    assert words in str(caught.value)


@pytest.mark.parametrize("text", SAME)
def test_the_same_arrays_are_read_from_every_spelling(text):
    arrays = lists(read_arrays(text))
    assert arrays.keys() == BOTH.keys()
    assert arrays["W1"] == [pytest.approx(row) for row in W1]
    assert arrays["b1"] == pytest.approx(B1)


def test_bytes_are_read_as_text_in_utf_8_or_marked_utf_16():
    assert lists(read_arrays("W1 = [−1]".encode())) == {"W1": [-1]}
    assert lists(read_arrays("W1 = [−1]".encode("utf-16"))) == {"W1": [-1]}
    assert lists(read_arrays(b"\xef\xbb\xbfW1 = [-1]")) == {"W1": [-1]}
    refused(b"W1 = [\xff]", "Byte 7 is no letter of UTF-8")
    refused("W1 = [0]\n\0", "There is a NUL character in line 2, column 1.")


def test_nan_and_the_infinities_are_numbers():
    assert str(lists(read_arrays("W1 = [nan -inf inf]"))) == "{'W1': [nan, -inf, inf]}"
    arrays = read_arrays('{"W1": [NaN, "NaN", "-Infinity", Infinity]}')
    assert str(lists(arrays)) == "{'W1': [nan, nan, -inf, inf]}"
    assert str(lists(read_arrays("W1,nan,-inf"))) == "{'W1': [nan, -inf]}"


def test_numbers_that_stand_alone_are_read_too():
    text = "L = 0.298\nb1: tensor(0.25)\ndb1 = np.float64(-3e-2)\nW1 = [[1]]"
    assert lists(read_arrays(text)) == {"L": 0.298, "b1": 0.25, "db1": -0.03, "W1": [[1]]}
    assert lists(read_arrays("W1 = 5e-1 *\n[[4]]")) == {"W1": [[2]]}  # a factor is none of them


def test_a_name_may_be_a_path_a_quotient_or_an_index():
    text = "dL/dW1 = [1]\n∂L/∂b1 = [2]\n0.weight tensor([3])\nlayers[0].bias.grad = [4]"
    assert list(read_arrays(text)) == ["dL/dW1", "∂L/∂b1", "0.weight", "layers.0.bias.grad"]


def test_arrays_without_names_are_counted():
    text = "Parameter containing:\ntensor([[1.]], requires_grad=True)\n\n[2 3]\n"
    assert lists(read_arrays(text)) == {"array 1": [[1]], "array 2": [2, 3]}
    assert lists(read_arrays("0.5,1\n2,3")) == {"array 1": [[0.5, 1], [2, 3]]}
    assert lists(read_arrays("[[1, 2]]")) == {"array 1": [[1, 2]]}


def test_a_table_of_entries_has_values_and_gradients():
    text = "parameter,value,gradient\nw1_1_1,0.15,4e-4\nw1_1_2,0.2,8e-4"
    assert lists(read_arrays(text)) == {"w1": [[0.15, 0.2]], "dw1": [[4e-4, 8e-4]]}
    assert read_arrays(text).keys() == read_arrays(text.partition("\n")[2]).keys()
    assert lists(read_arrays("parameter\tgradient\nb1_1\t3")) == {"db1": [3]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is nothing to read."),
        ("hello there, you", "The column “you” in line 1 is not one I know."),
        ("x = y", "There is no array in “x = y”. Paste JSON, CSV, or arrays"),
        ("W1 = [[1 2]\n [3 x4]]", "“x4” in line 2, column 5 is not a number."),
        ("W1 = [1 2; 3 4 5]", "A row holds more or fewer numbers than the first one: it ends in"),
        ("W1 = [[1 2]\n [3 1_0]]", "“1_0” in line 2, column 5 is not a number."),
        ("W1 = [1 0x10]", "“0x10” in line 1, column 9"),
        ("W1 = [[True]]", "“True” in line 1, column 8"),
        ("b1 = 1.5.2", "“1.5.2” in line 1, column 6 is not a number."),
        ("W1 = [[1 2]\n [3]]", "A row holds 1 where the rows before it hold 2: it ends in line 2"),
        ("W1 = [[[1]] [2]]", "Brackets are nested unevenly"),
        ("W1 = [1 [2]]", "Numbers stand between two rows, in line 1, column 7."),
        ("W1 = [[1], 2]", "Numbers stand between two rows, in line 1, column 10."),
        ("W1 = [[1 2]", "The bracket in line 1, column 6 is never closed. Paste the whole"),
        (
            "W1 = [[1. ... 2.]]",
            "The print leaves numbers out, in line 1, column 11. Print all of them: ",
        ),
        ("W1 = [[1. … 2.]]", "np.set_printoptions(threshold=sys.maxsize)"),
        ("W1 = [1]\nW1 = [2]", "“W1” is there twice."),
        ("w1_1_1,2\nw1_1_1,3", "“w1_1_1” is there twice."),
        ("w1_1_1,2\nw1_2_2,3", "w1_1_2 is missing: 2 entries of “w1” are there, of 4."),
        ("w1_1_1,2\nw1_2,3", "The entries of “w1” do not fit together."),
        ("w1_0_1,2", "The entries of “w1” do not fit together."),
        ("W1\n1,2\n3", "Line 3 has 1 numbers where the line before it has 2."),
        ("W1\n1,2\n3,x", "“x” in line 3, column 3 is not a number."),
        ("name,value,colour\nw1_1_1,1,2", "The column “colour” in line 1 is not one I know."),
        ('{"W1": [[1, 2]', "This is no valid JSON: expecting ',' delimiter, in line 1, column 15."),
        ('{"W1": [1, "x"]}', '“"x"” in line 1, column 12 is not a number; it belongs to “W1”.'),
        ('{"W1": [1, null]}', "“null” in line 1, column 12 is not a number"),
        ('{"W1": true}', "“true” in line 1, column 8 is not a number"),
        ('{"W1": {"a": {}}}', "is not a number; it belongs to “W1”."),
        ('{"W1": [[1, 2], [3]]}', "The rows of “W1” differ in length."),
        ('{"W1": [[[1]]]}', "“W1” has 3 axes."),
        ('{"W1": 1, "W1": 2}', "“W1” is there twice."),
        ('{"W1": ' + "[" * 5000 + "]" * 5000 + "}", "is nested too deeply"),
        ('{"W1": ' + "1" * 5000 + "}", "a number is too long"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(text, words):
    refused(text, words)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1.8e308", "1" + "0" * 400])
def test_a_number_beyond_every_float_is_refused_with_its_place(number):
    text = f'{{"b1": [1, 2],\n "b2": [0.5, {number}]}}'
    refused(text, "in line 2, column 14 is too large")
    refused(f'{{"seed": {number}}}', "is too large")


def test_infinity_is_written_as_a_text_or_a_word():
    text = '{"b1": ["Infinity", -Infinity, "NaN", NaN, 1e308]}'
    expected = [np.inf, -np.inf, np.nan, np.nan, 1e308]
    np.testing.assert_array_equal(read_arrays(text)["b1"], expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1" * (MOST_BYTES + 1), "There are 1,048,577 bytes."),
        ("[" * 50_000, "There are 50,000 rows, or brackets that open."),
        ("a=1 " * 100_000, "There is much more text here than numbers."),
        ("".join(f"W{i} = [1]\n" for i in range(300)), "There are too many arrays."),
        ("1\n" * 50_000, "There are too many lines."),
        ("1," * 3_000, "A line has 3,000 cells."),
        (json.dumps({f"n{i}": 1 for i in range(50_000)}), "There are 50,000 names."),
    ],
    ids=lambda value: value[:20],
)
def test_what_would_take_too_long_is_refused(text, words):
    refused(text, words)


def test_a_text_of_one_mebibyte_is_read():
    rows = np.random.default_rng(1).normal(size=(2_000, 25))
    given = json.dumps({"X": rows.tolist()})
    assert 0.9 * MOST_BYTES < len(given) <= MOST_BYTES
    np.testing.assert_array_equal(read_arrays(given)["X"], rows)
    with np.printoptions(threshold=10**6, precision=17, floatmode="unique"):
        printed = f"X = {rows[:1_500]}"
    np.testing.assert_array_equal(read_arrays(printed)["X"], rows[:1_500])


@pytest.mark.parametrize("hostile", ["x" * 90_000, "1" * 90_000, "a_1" * 30_000, "1.1" * 30_000])
def test_one_endless_word_is_read_once_not_once_a_letter(hostile):
    for text in (f"W1 = [1]\n{hostile}", f"{hostile} = [1]", f"{hostile},1", f"W1 = [{hostile} x]"):
        with pytest.raises(InputError) if text.endswith("x]") else _nothing():
            read_arrays(text)


class _nothing:  # noqa: N801 - stands where pytest.raises does
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False


def test_the_kind_shows_in_the_first_letters():
    kinds = {'{"a": 1}': "json", "{'a': [1]}": "print", "a,1": "csv", b"PK\3\4": "npz"}
    assert {given: find_kind(given) for given in kinds} == kinds
    with pytest.raises(LimitError):
        find_kind(b"PK" + bytes(MOST_BYTES))


def test_the_digits_of_a_print_tell_how_far_it_was_rounded():
    def of(*numbers):
        return find_precision({"W1": np.array(numbers)}).allowed["W1"].tolist()

    assert of(0.0822, -0.0827, 0.1004) == pytest.approx([5e-5] * 3)
    assert of(0.0822, 0.0004, 0.1) == pytest.approx([5e-5] * 3)  # 4 decimals, not 3 digits
    assert of(0.0822, 12.3, 0.000438, 0) == pytest.approx([5e-5, 5e-2, 5e-7, 5e-7])
    assert of(8.2167e-02, 4.3857e-04) == pytest.approx([5e-7, 5e-9])
    assert of(0.5, 0.25) == pytest.approx([5e-4] * 2)
    assert of(0.08216704056423078, 0.5) == [0, 0]
    assert of(0.0, 3.0, np.nan) == [0, 0, 0]
    assert of(float(np.float32(0.1)), float(np.float32(1 / 3))) == pytest.approx(
        [3.2e-7] * 2, rel=0.1
    )
    both = find_precision({"W1": np.array([0.5]), "b1": np.array([1 / 3])}).allowed
    assert both["W1"].tolist() == [0]
