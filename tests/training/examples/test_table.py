"""What a learner's own table is used for: its target, its features, and its task."""

import pytest

from backprop.training.datasets import iris
from backprop.training.examples.cells import TableError
from backprop.training.examples.reading import read_table
from backprop.training.examples.table import Selection, guess, to_dataset

FLOWERS = "length,width,species\n5.1,3.5,setosa\n4.9,,setosa\n6.3,3.3,virginica\n"


@pytest.mark.parametrize(
    ("text", "target", "features", "task"),
    [
        (FLOWERS, "species", ("length", "width"), "classes"),
        ("kind,a,b\nx,1,2\ny,3,4\n", "kind", ("a", "b"), "classes"),
        ("a,b\n1,2.5\n2,3.5\n", "b", ("a",), "numbers"),
        ("a,b\n1,0\n2,1\n3,1\n4,0\n", "b", ("a",), "classes"),
        ("a,b\n1,10\n2,20\n3,30\n", "b", ("a",), "numbers"),
        ("a,b,c\n1,,3.5\n2,,4.5\n", "c", ("a",), "numbers"),
        ("name,a\n" + "".join(f"n{k},{k}.5\n" for k in range(21)), "a", (), "numbers"),
    ],
)
def test_the_use_of_a_table_is_guessed(text, target, features, task):
    assert guess(read_table(text)) == Selection(target, features, task)


def test_a_table_of_the_irises_is_the_irises():
    flowers = iris()
    rows = [[*x, label] for x, label in zip(flowers.X, flowers.labels, strict=True)]
    lines = [",".join(map(str, row)) for row in ([*flowers.features, "species"], *rows)]
    made = to_dataset(read_table("\n".join(lines)), "species", flowers.features, "classes")
    assert (made.classes, made.labels) == (flowers.classes, flowers.labels)
    assert made.X.tolist() == flowers.X.tolist()
    assert made.Y.tolist() == flowers.Y.tolist()
    assert made.about == "150 rows of your own table."


def test_a_row_with_a_missing_value_is_left_out_where_it_matters():
    table = read_table(FLOWERS)
    both = to_dataset(table, "species", ("length", "width"), "classes")
    assert both.X.tolist() == [[5.1, 3.5], [6.3, 3.3]]
    assert both.about == "2 rows of your own table; 1 row with a missing value is left out."
    assert to_dataset(table, "species", ("length",), "classes").X.shape == (3, 1)


def test_two_classes_become_one_column():
    made = to_dataset(read_table(FLOWERS), "species", ("length",), "")
    assert made.Y.tolist() == [[0], [0], [1]]
    assert made.task == "two classes"


def test_classes_that_are_numbers_stand_in_their_order():
    table = read_table("a,b\n1,10\n2,2.0\n3,2\n4,-1.5\n")
    made = to_dataset(table, "b", ("a",), "classes")
    assert made.classes == ("-1.5", "2", "10")
    assert made.labels == ("10", "2", "2", "-1.5")


def test_numbers_are_learned_as_numbers():
    made = to_dataset(read_table("a,b\n1,10\n2,2.25\n"), "b", ("a",), "numbers")
    assert (made.task, made.labels, made.target) == ("numbers", ("10", "2.25"), "b")
    assert made.Y.tolist() == [[10], [2.25]]


MANY = "a,b,c\n" + "".join(f"{k},{k},w{k}\n" for k in range(25))


@pytest.mark.parametrize(
    ("text", "selection", "what", "at"),
    [
        (FLOWERS, ("kind", ("width",), "classes"), "no column “kind”", "table"),
        (FLOWERS, ("species", (), "classes"), "No feature is chosen", "features"),
        (FLOWERS, ("width", ("width",), "numbers"), "cannot be a feature too", "features"),
        (FLOWERS, ("width", ("species",), "numbers"), "“setosa” in row 2, column 3", "features"),
        (FLOWERS, ("species", ("width",), "numbers"), "“setosa” in row 2, column 3", "task"),
        (MANY, ("c", ("a",), "classes"), "25 different values", "target"),
        (MANY, ("b", ("a",), "classes"), "25 different values", "target"),
        ("a,b\n1,x\n2,x\n", ("b", ("a",), "classes"), "Every row has “x”", "target"),
        ("a,b\n1,\n2,3\n", ("b", ("a",), "numbers"), "Only one row has a value", "table"),
        ("a,b\n1,\n,3\n", ("b", ("a",), "numbers"), "No row has a value", "table"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_in_a_sentence(text, selection, what, at):
    with pytest.raises(TableError, match=what) as problem:
        to_dataset(read_table(text), *selection)
    assert problem.value.at == at
    assert problem.value.hint


def test_more_than_64_features_are_refused():
    table = read_table(",".join("n" * 65) + "\n" + ",".join("1" * 65) + "\n")
    with pytest.raises(TableError, match="65 features are too many"):
        to_dataset(table, "n", table.names, "numbers")
