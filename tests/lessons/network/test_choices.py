"""What a learner can choose in a round, and how the choices hang together."""

import pytest

from backprop.engine.errors import InputError, LimitError, ShapeError
from backprop.lessons.network.choices import Choices
from backprop.lessons.network.lesson import LESSON
from backprop.lessons.network.training_step import compute
from backprop.stage.choices import ChoiceError, read_choices
from backprop.stage.networks import MOST_PARAMETERS, drawable, make_network, parameter_names
from backprop.stage.optimizers import make_optimizer

BASE = LESSON.defaults


def read(**pairs):
    return read_choices(BASE, pairs)


def test_the_first_visit_is_the_hand_calculation():
    assert BASE.network.parameters["w2_1_1"] == 0.4
    assert BASE.network.inputs == {"x1": 0.05, "x2": 0.1, "y1": 0.01, "y2": 0.99}


def test_a_textbooks_name_is_read_where_it_is_shown():
    assert read(w5="0.9").network.parameters["w2_1_1"] == 0.9
    assert read(t1="0.2").network.inputs["y1"] == 0.2
    assert read(w5="0.9", names="indexed").network.parameters["w2_1_1"] == 0.4


def test_other_sizes_bring_new_weights_from_the_seed():
    found = read(sizes="2,3,2")
    assert tuple(found.network.parameters) == parameter_names(found.network)
    assert found.network.parameters == read(sizes="2,3,2").network.parameters
    assert found.network.parameters != read(sizes="2,3,2", seed="2").network.parameters


def test_initial_weights_have_three_decimals_so_that_they_are_what_is_shown():
    assert all(w == round(w, 3) for w in read(sizes="2,5,2").network.parameters.values())


def test_a_row_of_a_data_set_brings_its_numbers():
    found = read(data="iris", sizes="4,1", activations="sigmoid", row="150")
    assert list(found.network.inputs.values()) == [5.9, 3.0, 5.1, 1.8, 0.0]


def test_a_typed_number_wins_over_the_row():
    found = read(data="xor", sizes="2,1", activations="sigmoid", row="2", x1="0.3")
    assert found.network.inputs == {"x1": 0.3, "x2": 1.0, "y1": 1.0}


def test_other_optimizers_bring_their_own_settings_and_keep_the_learning_rate():
    found = read(optimizer="adam")
    assert found.update.settings == {
        "learning_rate": 0.5,
        "beta1": 0.9,
        "beta2": 0.999,
        "epsilon": 1e-8,
    }
    assert make_optimizer(found.update).title == "Adam"
    with pytest.raises(ChoiceError, match="out of bounds"):
        read(optimizer="adam", beta1="1")


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ({"data": "iris"}, "Fisher’s irises have 4 features, not 2. Let the first size be 4"),
        ({"data": "iris", "sizes": "4,2,2"}, "have 3 classes"),
        ({"data": "xor", "sizes": "2,2,1", "row": "5"}, "There is no row 5. Exclusive or have 4"),
        ({"sizes": "2"}, "too few"),
        ({"activations": "sigmoid"}, "1 activations do not fit 2 layers"),
        ({"loss": "cross_entropy"}, "go together"),
        ({"sizes": "2,9,2"}, "9 is out of bounds. It can be from 1 to 8."),
        ({"activations": "sigmoid,elu"}, "“elu” is not on offer."),
        ({"w1_1_1": "2e6"}, "out of bounds"),
        ({"w1_1_1": "9**9**9"}, "“9**9**9” is not a number."),
        ({"seed": "-1"}, "out of bounds"),
    ],
)
def test_choices_that_cannot_be_are_refused_in_words(pairs, words):
    with pytest.raises(InputError) as error:
        read(**pairs)
    assert words in str(error.value)


@pytest.mark.parametrize(("detail", "sizes"), [("neurons", "8,8,8"), ("operations", "8,6,2")])
def test_a_network_too_large_to_be_drawn_is_refused_with_the_limit(detail, sizes):
    with pytest.raises(LimitError, match=f"at most {MOST_PARAMETERS[detail]}"):
        compute(read(detail=detail, sizes=sizes))
    assert not drawable(tuple(map(int, sizes.split(","))), detail)


def test_every_first_value_of_a_field_is_one_that_it_takes():
    assert make_network(read_choices(Choices(), {}).network).sizes == (2, 2, 2)


def test_a_misfit_of_shapes_names_its_field():
    with pytest.raises(ShapeError) as error:
        read(data="iris")
    assert error.value.at == "sizes"
