"""The numbers that can be typed or dragged."""

import pytest

from tests.lessons.network.kit import board_at, choices_after


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["input 1", "input 2", "target 1", "target 2"]),
        ("preset=xor", ["x1", "x2", "target"]),
    ],
)
def test_an_inputs_title_says_what_it_is(query, titles):
    assert [field.title for field in board_at(query).example.fields] == titles


def test_a_measured_input_says_its_unit_and_a_target_its_class():
    titles = [field.title for field in board_at("preset=iris").example.fields]
    assert all("cm" in title or "centi" in title for title in titles[:4])
    assert titles[4:] == ["setosa", "versicolor", "virginica"]


def test_a_parameters_title_says_where_it_stands():
    titles = {field.name: field.title for field in board_at("shared=0").parameters.fields}
    assert titles["w2_1_2"] == "weight of layer 2, to neuron 1, from 2"
    assert titles["b1_2"] == "bias of neuron 2 in layer 1"


def test_gradients_appear_with_their_steps():
    def known(step):
        return {
            field.name for field in board_at(f"step={step}").parameters.fields if field.gradient
        }

    assert known(0) == known(13) == set()
    assert known(16) == {"w2_1_1", "w2_1_2", "b2_1"}
    assert len(known(29)) == 10


def test_the_step_and_the_focus_mark_their_parameter():
    states = {
        field.name: field.state for field in board_at("step=14&focus=w1_1_1").parameters.fields
    }
    assert states["w1_1_1"] == "focus"
    assert list(states.values()).count("now") == 1


def test_a_parameter_is_frozen_and_freed_by_its_link():
    fields = {field.name: field for field in board_at().parameters.fields}
    assert choices_after(fields["w1_1_1"].freeze).network.frozen == ("b1_1", "b2_1", "w1_1_1")
    assert choices_after(fields["b1_1"].freeze).network.frozen == ("b2_1",)
    assert [name for name, field in fields.items() if field.frozen] == ["b1_1", "b2_1"]


@pytest.mark.parametrize(
    ("query", "name", "high"),
    [
        ("", "w1_1_1", "2"),
        ("focus=w2_1_1", "w2_1_1", "2"),
        ("step=14", "w2_1_1", "2"),
        ("focus=w1_1_2&w1_1_2=-3", "w1_1_2", "4"),
        ("focus=w1_1_2&w1_1_2=1e6", "w1_1_2", "2.09715e+06"),
        ("focus=a1_1", "w1_1_1", "2"),
    ],
)
def test_one_parameter_can_be_dragged_with_room_to_both_sides(query, name, high):
    slider = board_at(query).parameters.slider
    assert (slider.name, slider.high, slider.low) == (name, high, f"-{high}")
    assert abs(float(slider.value)) < float(high)


def test_the_settings_are_those_of_the_optimizer():
    names = [field.name for field in board_at("optimizer=adam").update.settings]
    assert names == ["learning_rate", "beta1", "beta2", "epsilon"]
