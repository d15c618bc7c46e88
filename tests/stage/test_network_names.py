"""What the quantities of a network are called."""

import pytest

from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.stage.network_names import network_labels, textbook_names

HAND_EXAMPLE = {
    **{"w1_1_1": "w1", "w1_1_2": "w2", "w1_2_1": "w3", "w1_2_2": "w4", "b1_1": "b1"},
    **{"w2_1_1": "w5", "w2_1_2": "w6", "w2_2_1": "w7", "w2_2_2": "w8", "b2_1": "b2"},
    **{"z1_1": "z1", "z1_2": "z2", "z2_1": "z3", "z2_2": "z4"},
    **{"a1_1": "h1", "a1_2": "h2", "a2_1": "o1", "a2_2": "o2"},
    **{"x1": "x1", "x2": "x2", "y1": "t1", "y2": "t2", "L": "E"},
}


def written(label):
    return label.letter + label.below


@pytest.mark.parametrize(("name", "shown"), HAND_EXAMPLE.items())
def test_the_hand_example_has_its_textbooks_names(name, shown):
    assert written(network_labels((2, 2, 2), True, "textbook", True)(name)) == shown


def test_by_index_a_quantity_says_its_layer_and_its_ends():
    label = network_labels((2, 2, 2), False, "indexed", True)
    assert label("w2_1_2") == label_of("w2_1_2")
    assert (label("b2_1").above, label("b2_1").below) == ("(2)", "1")


def test_the_outputs_have_a_hat_only_where_the_last_layer_has_an_activation():
    assert network_labels((2, 2, 2), False, "indexed", True)("a2_1").hat
    assert network_labels((2, 2), False, "indexed", True)("a1_2") == Label("y", "2", hat=True)
    assert network_labels((2, 2, 2), False, "indexed", False)("z2_1") == label_of("z2_1")


def test_one_of_a_kind_needs_no_number():
    label = network_labels((1, 1), False, "textbook", True)
    assert [written(label(name)) for name in ("x1", "z1_1", "a1_1", "y1", "b1_1", "L")] == list(
        "xzotbE"
    )
    assert written(label("w1_1_1")) == "w1"
    assert network_labels((1, 1), False, "indexed", True)("x1") == Label("x")


def test_a_shared_bias_is_called_after_its_layer_alone():
    assert network_labels((2, 2, 2), True, "indexed", True)("b2_1") == Label("b", above="(2)")
    label = network_labels((2, 3, 2), False, "textbook", True)
    assert [written(label(f"b{n}")) for n in ("1_1", "1_3", "2_1")] == ["b1", "b3", "b4"]


@pytest.mark.parametrize("sizes", [(2, 2, 2), (4, 1), (1,) * 11, (3, 5, 4, 2)], ids=str)
@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("style", ["indexed", "textbook"])
def test_no_two_quantities_look_alike(sizes, shared, style):
    label = network_labels(sizes, shared, style, True)
    names = list(textbook_names(sizes, shared))
    shown = {(x.letter, x.below, x.above, x.hat) for x in map(label, names)}
    assert len(shown) == len(names)


def test_the_textbooks_names_are_typed_as_they_are_shown():
    found = textbook_names((2, 2, 2), True)
    assert (found["w2_1_1"], found["y2"], found["b2_1"], found["L"]) == ("w5", "t2", "b2", "E")
    assert len(set(found.values())) == len(found)
