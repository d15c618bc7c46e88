"""The data sets, against the papers they come from."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from backprop.engine.errors import LimitError
from backprop.training.datasets import DATASETS, Dataset, digits, iris, split, xor

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


def test_the_digits_are_the_1797_of_the_test_set():
    images = digits()
    assert images.X.shape == (1_797, 64)
    counts = [images.labels.count(digit) for digit in images.classes]
    assert counts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180], "as UCI says"
    assert set(np.unique(images.X).tolist()) == set(range(17))


def test_the_first_digit_is_a_zero():
    zero = digits().X[0].reshape(digits().image).astype(int).tolist()
    assert digits().labels[0] == "0"
    assert zero == [
        [0, 0, 5, 13, 9, 1, 0, 0],
        [0, 0, 13, 15, 10, 15, 5, 0],
        [0, 3, 15, 2, 0, 11, 8, 0],
        [0, 4, 12, 0, 0, 8, 8, 0],
        [0, 5, 8, 0, 0, 9, 8, 0],
        [0, 4, 11, 0, 1, 12, 7, 0],
        [0, 2, 14, 5, 10, 12, 0, 0],
        [0, 0, 6, 13, 10, 0, 0, 0],
    ]


def test_a_pixel_is_named_by_its_row_and_column():
    assert digits().features[:2] == ("p1_1", "p1_2")
    assert digits().features[-1] == "p8_8"
    assert digits().spans == ((0, 16),) * 64
    assert digits() is digits()


def test_the_task_follows_from_the_targets():
    assert xor().task == "two classes"
    assert iris().task == "classes"
    assert numbers([[1.0], [2.0]]).task == "numbers"


def test_a_span_shows_a_little_more_than_the_data():
    assert numbers([[0.0], [100.0]]).spans == ((-8, 108),)
    assert numbers([[5.0], [5.0]]).spans == ((4, 6),)


def numbers(X):
    return Dataset(
        name="numbers",
        title="Numbers",
        about="Some numbers.",
        source="None.",
        features=("x1",),
        units=("",),
        classes=(),
        labels=tuple(str(x) for (x,) in X),
        example="row",
        X=np.array(X),
        Y=np.array(X),
    )


SHARES = pytest.mark.parametrize("share", [1, 10, 50, 70, 99])


@SHARES
@pytest.mark.parametrize("load", [iris, digits, xor])
def test_every_class_stands_in_both_parts(load, share):
    dataset = load()
    for rows in split(dataset, share, seed=1):
        assert {dataset.labels[row] for row in rows} == set(dataset.classes)


@SHARES
def test_every_row_stands_in_one_part_and_the_share_is_kept(share):
    train, test = split(digits(), share, seed=3)
    assert sorted([*train, *test]) == list(range(1_797))
    assert len(train) == pytest.approx(17.97 * share, abs=5)


def test_a_seed_decides_which_rows_are_for_training():
    parts = [split(iris(), 70, seed)[0].tolist() for seed in (1, 1, 2)]
    assert parts[0] == parts[1] != parts[2]
    assert len(parts[0]) == 105


def test_a_share_of_all_leaves_nothing_to_test_with():
    train, test = split(iris(), 100, seed=1)
    assert train.tolist() == list(range(150))
    assert test.tolist() == []


def test_one_row_is_for_training():
    train, test = split(numbers([[1.0]]), 10, seed=1)
    assert (train.tolist(), test.tolist()) == ([0], [])


def test_numbers_are_divided_without_classes():
    train, test = split(numbers([[float(k)] for k in range(10)]), 30, seed=1)
    assert (len(train), len(test)) == (3, 7)


@pytest.mark.parametrize("share", [0, 101, float("nan")])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(LimitError, match="cannot be for training"):
        split(iris(), share, seed=1)
