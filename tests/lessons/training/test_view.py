"""The large picture, the examples on it, and how often each class was taken for each."""

import json

import numpy as np
import pytest

from backprop.lessons.training.confusion import WORST


def test_where_a_plane_shows_the_classes_there_is_no_table_of_them(learner):
    assert learner().board().view.confusion is None
    assert learner(preset="iris").board().view.confusion is None


def path_points(dots):
    return sum(each.path.count("M") for each in dots)


def test_every_example_is_a_dot_by_class_and_by_whether_it_is_learned_from(learner):
    page = learner(size="40", share="60")
    view, data = page.board().view, page.state().data
    Y = data.dataset.Y[:, 0]
    counts = {each.id: each.path.count("M") for each in view.plane.dots}
    for name, rows in (("train", data.train_rows), ("test", data.test_rows)):
        assert counts[f"dots-{name}-plus"] == sum(Y[list(rows)] == 1)
        assert counts[f"dots-{name}-minus"] == sum(Y[list(rows)] == 0)
    assert path_points(view.plane.dots) == 40


def test_a_dot_stands_where_its_example_does(learner):
    page = learner(data="drawn", drawn="-3,-3,0,0,3,1")
    dots = {each.id: each.path for each in page.board(share="100").view.plane.dots}
    assert dots["dots-train-minus"] == "M0.0 100.0h0"
    assert dots["dots-train-plus"] == "M50.0 0.0h0"


def test_the_output_is_shown_unless_a_unit_is_chosen(learner):
    page = learner()
    view = page.board().view
    assert (view.kind, view.back) == ("plane", "")
    chosen = page.board(unit="a1_2").view
    assert chosen.title == "What unit 2 of layer 1 computes"
    assert page.follow(chosen.back).view.title == view.title
    assert page.board(unit="nonsense").view.title == view.title


def test_the_ends_of_the_palette_are_said(learner):
    assert (learner().board().view.low, learner().board().view.high) == ("0", "1")
    view = learner().board(unit="a1_1").view
    assert (view.low, view.high) == ("−1", "1")


def test_each_of_several_classes_can_be_shown(learner):
    page = learner(preset="iris")
    view = page.board().view
    assert [option.title for option in view.outputs] == ["setosa", "versicolor", "virginica"]
    assert "virginica" in page.follow(view.outputs[2].address).view.title
    assert view.plane.across.options
    assert page.board(output="20").view.title == page.board(output="3").view.title


def test_a_function_of_one_feature_is_a_curve_among_its_examples(learner):
    page = learner(data="sine")
    view = page.board(unit="a1_1").view
    figure = json.loads(view.figure)
    names = [each["name"] for each in figure["data"]]
    assert names == ["held out", "training", "output", "What unit 1 of layer 1 computes"]
    assert (view.kind, view.field, view.plane) == ("line", None, None)


def counted(state):
    """Return how often each class of the held-out examples was taken for each, counted singly."""
    X, Y = state.data.test if len(state.data.test.X) else state.data.train
    classes = len(state.data.dataset.classes)
    counts = np.zeros((classes, classes), int)
    for x, y in zip(X, Y, strict=True):
        said = state.network.outputs(state.parameters, x[None])[0]
        if len(y) == 1:
            counts[int(y[0]), int(said[0] > 0.5)] += 1
        else:
            counts[y.argmax(), said.argmax()] += 1
    return counts


@pytest.mark.parametrize("pairs", [{}, {"share": "100"}, {"loss": "binary_cross_entropy"}], ids=str)
def test_the_confusion_is_counted_example_by_example(learner, pairs):
    page = learner(preset="digits", hidden="8", **pairs).train(2)
    found = page.board().view.confusion
    state = page.state()
    expected = counted(state)
    assert [[count for count, _ in row] for row in found.rows] == expected.tolist()
    assert (found.right, found.total) == (np.trace(expected), expected.sum())
    assert found.what == ("held out" if len(state.data.test.X) else "training examples")
    for row, counts in zip(found.rows, expected, strict=True):
        assert sum(int(share) for _, share in row) == pytest.approx(100, abs=5)
        assert len(row) == len(counts)


def test_the_worst_images_are_those_whose_class_has_the_smallest_share(learner):
    page = learner(preset="digits", hidden="8").train(1)
    worst, state = page.board().view.confusion.worst, page.state()
    X, Y = state.data.test
    shares = (state.network.outputs(state.parameters, X) * Y).sum(axis=1)
    rows = [state.data.test_rows[k] + 1 for k in np.argsort(shares, kind="stable")[:WORST]]
    assert [sample.row for sample in worst] == rows
    assert (worst[0].image.rows, worst[0].image.columns) == (8, 8)
    assert worst[0].wrong == ("taken for" in worst[0].words)
    label = state.data.dataset.labels[worst[0].row - 1]
    assert worst[0].words.startswith(f"{label}, given")


def test_the_weights_of_a_first_unit_are_an_image(learner):
    page = learner(preset="digits", hidden="8")
    view = page.board(unit="a1_2").view
    assert (view.field.rows, view.field.columns) == (8, 8)
    assert view.title == "The weights of unit 2 of layer 1, as an image"
