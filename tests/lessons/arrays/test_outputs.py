"""A last line that is no number: its sum, one entry, or a weight for each, random or typed."""

import numpy as np
import pytest

from backprop.lessons.arrays.lesson import LESSON, compose
from backprop.lessons.arrays.outputs import MOST_TYPED, Weighing, weight_names, with_output
from backprop.lessons.arrays.passes import passes_of, settled
from backprop.stage.choices import ChoiceError, change, read_choices, write_choices
from backprop.stage.links import Links, Origin

SOFTMAX = "z : 2 x 3 = random 1\np = softmax(z)"


def choices_of(**pairs):
    said = {name.replace("_", "-"): text for name, text in pairs.items()}
    return settled(read_choices(LESSON.defaults, {"program": SOFTMAX, **said}))


def board(choices):
    return compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices))


def test_typed_weights_are_the_gradient_that_sets_out():
    weights = [[1, 0, -2.5], [1, 1, 4]]
    said = {"weight_0_1": "0", "weight_0_2": "-2.5", "weight_1_2": "4"}
    passes = passes_of(choices_of(output_weights="typed", **said))
    assert passes.program.at["G"].tolist() == weights
    p = np.array(passes.value("p"))
    by_hand = p * (weights - (weights * p).sum(axis=1, keepdims=True))
    assert np.allclose(passes.trace.gradient["z"], by_hand)


def test_weights_that_are_not_typed_are_one_and_say_nothing_in_the_address():
    choices = choices_of(output_weights="typed", weight_0_1="1", weight_1_0="0.1")
    assert with_output(SOFTMAX, Weighing("typed"))[1] == "L = sum(G * p)"
    said = write_choices(choices, LESSON.defaults)
    assert {n: t for n, t in said.items() if n.startswith("weight-")} == {"weight-1-0": "0.1"}
    assert passes_of(choices).program.at["G"].tolist() == [[1, 1, 1], [0.1, 1, 1]]
    summed = next(o for o in board(choices).outputs.options if o.value == "ones")
    assert "weight-" not in summed.address


def test_a_weight_that_is_no_number_is_refused_at_its_field():
    with pytest.raises(ChoiceError) as refused:
        choices_of(output_weights="typed", weight_0_1="x")
    assert refused.value.at == "weight-0-1"


def test_the_page_has_a_field_for_each_weight_and_a_link_for_each_entry():
    typed = board(choices_of(output_weights="typed", weight_1_2="3")).outputs
    assert [start for start, _ in typed.rows] == ["0", "1"]
    assert [cell.value for _, row in typed.rows for cell in row] == ["1"] * 5 + ["3"]
    single = board(choices_of(output_weights="one-hot", weighed_entry="1,2")).outputs
    assert [cell.on for _, row in single.rows for cell in row] == [False] * 5 + [True]
    assert "weighed-entry=0,1" in single.rows[0][1][1].address


def test_the_entry_that_is_taken_is_chosen():
    passes = passes_of(choices_of(output_weights="one-hot", weighed_entry="1,2"))
    assert passes.added == "L = p[1, 2]"
    assert not np.any(passes.trace.gradient["z"][0])
    first = passes_of(choices_of(output_weights="one-hot"))
    assert first.added == "L = p[0, 0]"


@pytest.mark.parametrize("place", ["2,0", "0", "0,0,0"])
def test_an_entry_that_is_not_there_is_refused_at_its_field(place):
    with pytest.raises(ChoiceError) as refused:
        passes_of(choices_of(output_weights="one-hot", weighed_entry=place))
    assert refused.value.at == "weighed-entry"
    assert "p is 2×3" in refused.value.what


def test_another_program_forgets_an_entry_that_it_has_not():
    before = choices_of(output_weights="one-hot", weighed_entry="1,2")
    after = settled(change(before, typed="z : 3 = random 1\np = softmax(z)"))
    assert (after.weighed, passes_of(after).added) == ((), "L = p[0]")


def test_a_large_output_has_no_fields_and_its_entry_is_typed():
    text = f"z : {MOST_TYPED + 1} = random 1\np = softmax(z)"
    assert weight_names(text) == weight_names("nothing") == ()
    shown = board(choices_of(program=text, output_weights="one-hot", weighed_entry="9"))
    assert (shown.outputs.rows, shown.outputs.entry) == ((), "9")
    assert "typed" not in [option.value for option in shown.outputs.options]
    assert passes_of(choices_of(program=text, output_weights="typed")).added == "L = sum(p)"
