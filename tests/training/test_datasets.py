"""The data sets, against the papers they come from."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from backprop.training.datasets import DATASETS, Dataset, iris, xor

EVERY = pytest.mark.parametrize("load", DATASETS.values(), ids=DATASETS.keys())


def test_fishers_irises_are_fifty_of_each_species():
    flowers = iris()
    assert flowers.X.shape == (150, 4)
    assert flowers.Y.shape == (150, 3)
    assert flowers.classes == ("setosa", "versicolor", "virginica")
    assert [flowers.labels.count(species) for species in flowers.classes] == [50, 50, 50]


@pytest.mark.parametrize(
    ("row", "lengths"),
    [
        (1, [5.1, 3.5, 1.4, 0.2]),
        (35, [4.9, 3.1, 1.5, 0.2]),
        (38, [4.9, 3.6, 1.4, 0.1]),
        (51, [7.0, 3.2, 4.7, 1.4]),
        (101, [6.3, 3.3, 6.0, 2.5]),
        (150, [5.9, 3.0, 5.1, 1.8]),
    ],
)
def test_a_row_is_as_fisher_printed_it(row, lengths):
    assert iris().X[row - 1].tolist() == lengths


def test_the_means_of_the_irises_are_the_known_ones():
    means = iris().X.mean(axis=0)
    assert means == pytest.approx([5.843333, 3.057333, 3.758, 1.199333], abs=5e-7)


def test_the_means_of_each_species_are_those_of_fishers_paper():
    means = [iris().X[50 * k : 50 * (k + 1)].mean(axis=0) for k in range(3)]
    assert means[0] == pytest.approx([5.006, 3.428, 1.462, 0.246])
    assert means[1] == pytest.approx([5.936, 2.770, 4.260, 1.326])
    assert means[2] == pytest.approx([6.588, 2.974, 5.552, 2.026])


def test_every_length_of_an_iris_is_named_and_in_centimetres():
    assert iris().features == ("sepal length", "sepal width", "petal length", "petal width")
    assert iris().units == ("cm", "cm", "cm", "cm")


def test_exclusive_or_is_one_where_the_inputs_differ():
    rows = xor()
    assert rows.X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert np.array_equal(rows.Y[:, 0], rows.X[:, 0] != rows.X[:, 1])


@EVERY
def test_every_row_has_a_target_and_the_label_that_says_it(load):
    dataset = load()
    assert len(dataset.X) == len(dataset.Y) == len(dataset.labels)
    one_hot = dataset.Y.shape[1] > 1
    numbers = dataset.Y.argmax(axis=1) if one_hot else dataset.Y[:, 0].astype(int)
    assert dataset.labels == tuple(dataset.classes[number] for number in numbers)
    assert not one_hot or dataset.Y.sum(axis=1).tolist() == [1] * len(dataset.Y)


@EVERY
def test_every_data_set_says_what_it_is_and_where_it_comes_from(load):
    dataset = load()
    assert DATASETS[dataset.name] is load
    assert dataset.title
    assert dataset.about.endswith(".")
    assert dataset.source.endswith(".")


@EVERY
def test_a_data_set_is_loaded_once_and_cannot_be_changed(load):
    dataset = load()
    assert load() is dataset
    with pytest.raises(FrozenInstanceError):
        dataset.name = "other"
    for array in (dataset.X, dataset.Y):
        assert array.dtype == np.float64
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def small(array, labels=("0", "1")):
    return Dataset(
        name="small",
        title="Two rows",
        about="Two rows.",
        source="None.",
        features=("x1",),
        units=("",),
        classes=("0", "1"),
        labels=labels,
        example="row",
        X=array,
        Y=array,
    )


def test_the_arrays_a_data_set_is_made_from_stay_writable():
    array = np.array([[1.0], [2.0]])
    dataset = small(array)
    array[0] = 5
    assert dataset.X.tolist() == [[1], [2]]


def test_a_row_without_a_label_is_refused():
    with pytest.raises(AssertionError, match="label"):
        small(np.ones((2, 1)), labels=("0",))
