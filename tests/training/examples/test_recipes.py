"""What the training page offers."""

import numpy as np
import pytest

from backprop.engine.errors import LimitError, UnknownNameError
from backprop.training.datasets import digits, iris
from backprop.training.examples.recipes import RECIPES, dataset

EVERY = pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES.keys())


def usual(recipe, **changed):
    given = {
        "size": recipe.default_size,
        "noise": recipe.default_noise,
        "seed": 1,
        "formula": recipe.default_formula,
    }
    return dataset(recipe.name, **(given | changed))


@EVERY
def test_a_recipe_makes_what_it_says(recipe):
    made = usual(recipe)
    assert (made.name, made.title, made.task) == (recipe.name, recipe.title, recipe.task)
    assert (made.source, made.licence) == (recipe.source, recipe.licence)
    assert len(made.X) == recipe.default_size
    assert made.licence
    assert made.target
    assert recipe.about.endswith(".")
    assert recipe.source.endswith(".")


@EVERY
def test_a_label_names_the_target(recipe):
    made = usual(recipe)
    for label, y in zip(made.labels, made.Y, strict=True):
        if made.task == "numbers":
            assert float(label) == pytest.approx(y[0], rel=1e-5)
        else:
            assert label == made.classes[int(y[0]) if made.task == "two classes" else y.argmax()]


@EVERY
def test_the_same_choices_give_the_same_data_set(recipe):
    assert usual(recipe) is usual(recipe)


@EVERY
def test_what_a_recipe_does_not_take_changes_nothing(recipe):
    for changed in ({"size": 77}, {"noise": 0.77}, {"formula": "x/3"}):
        (name,) = changed
        same = np.array_equal(usual(recipe, **changed).Y, usual(recipe).Y) and np.array_equal(
            usual(recipe, **changed).X, usual(recipe).X
        )
        assert same == (name not in recipe.takes)


@EVERY
def test_another_seed_gives_other_points_where_there_is_one(recipe):
    same = np.array_equal(usual(recipe, seed=2).X, usual(recipe).X)
    assert same != recipe.is_seeded


def test_pictures_of_generated_points_show_the_square():
    assert usual(RECIPES["moons"]).spans == ((-3, 3), (-3, 3))
    assert usual(RECIPES["sine"]).spans == ((-3, 3),)


def test_shipped_data_are_loaded_once():
    assert usual(RECIPES["iris"]) is iris()
    assert usual(RECIPES["digits"]) is digits()


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"size": 19}, "size"),
        ({"size": 2_001}, "size"),
        ({"noise": 1.1}, "noise"),
        ({"noise": -0.1}, "noise"),
        ({"noise": float("nan")}, "noise"),
        ({"seed": -1}, "seed"),
    ],
)
def test_a_number_out_of_bounds_is_refused(changed, at):
    with pytest.raises(LimitError, match="is not possible") as problem:
        usual(RECIPES["moons"], **changed)
    assert problem.value.at == at


def test_an_unknown_data_set_is_refused_with_the_known_ones():
    with pytest.raises(UnknownNameError, match="no data set “mnist”") as problem:
        dataset("mnist", 100, 0.1, 1, "")
    assert "moons" in problem.value.hint
