"""The pictures of what the network computes, against its own outputs at the same places."""

import base64
from dataclasses import replace

import numpy as np
import pytest

from backprop.lessons.training.maps import layer_outputs, make_grid, make_maps


def levels(field):
    return np.frombuffer(base64.b64decode(field.levels), np.uint8)


def course_after(learner, epochs=2, **pairs):
    return learner(**pairs).train(epochs).state()


@pytest.mark.parametrize(
    "pairs",
    [
        {},
        {"features": "x1,x2,x1x2,sinx1", "scaling": "standard"},
        {"data": "plane", "activations": "relu"},
        {"data": "sine"},
        {"preset": "iris", "across": "petal length", "down": "sepal width"},
        {"preset": "digits", "batch": "500"},
        {"hidden": ""},
    ],
    ids=str,
)
def test_the_map_of_the_output_is_the_networks_output_on_the_grid(learner, pairs):
    state = course_after(learner, 1, **pairs)
    maps = make_maps(state)
    expected = state.network.outputs(state.parameters, maps.grid.inputs)
    np.testing.assert_allclose(maps.layers[-1], expected, rtol=1e-12, atol=1e-15)
    assert [layer.shape[1] for layer in maps.layers] == list(state.network.sizes)


def test_every_layer_gives_what_the_next_is_given(learner):
    state = course_after(learner, hidden="3,2", activations="sigmoid,relu")
    X, p = state.data.train.X, state.parameters
    found = layer_outputs(state.network, p, X)
    first = 1 / (1 + np.exp(-(X @ p["W1"].T + p["b1"])))
    second = np.maximum(first @ p["W2"].T + p["b2"], 0)
    np.testing.assert_allclose(found[1], first, rtol=1e-12)
    np.testing.assert_allclose(found[2], second, rtol=1e-12, atol=1e-15)


def test_the_plane_lies_with_its_top_up_and_its_cells_in_the_middle(learner):
    grid = make_grid(learner().state())
    cells = grid.inputs.reshape(grid.rows, grid.columns, 2)
    width = 6 / grid.columns
    assert cells[0, 0] == pytest.approx([-3 + width / 2, 3 - width / 2])
    assert cells[-1, -1] == pytest.approx([3 - width / 2, -3 + width / 2])
    assert (cells[1:, :, 1] < cells[:-1, :, 1]).all()


def test_of_more_than_two_features_the_others_are_held_at_their_mean(learner):
    state = learner(preset="iris", scaling="none").state(across="petal width", down="petal width")
    grid, data = make_grid(state), state.data.dataset
    assert data.features[grid.across] == "petal width"
    assert grid.down != grid.across
    means = data.X[list(state.data.train_rows)].mean(axis=0)
    held = [k for k in range(4) if k not in (grid.across, grid.down)]
    np.testing.assert_allclose(grid.inputs[:, held], np.tile(means[held], (grid.rows**2, 1)))


def test_where_nothing_is_chosen_the_features_that_say_most_span_the_plane(learner):
    grid = make_grid(learner(preset="iris").state())
    names = learner(preset="iris").state().data.dataset.features
    assert {names[grid.across], names[grid.down]} == {"petal length", "petal width"}


def test_images_have_no_plane_but_the_mean_of_each_class(learner):
    state = learner(preset="digits", scaling="none").state()
    grid = make_grid(state)
    assert (grid.kind, grid.inputs.shape) == ("classes", (10, 64))
    rows = [r for r in state.data.train_rows if state.data.dataset.labels[r] == "3"]
    np.testing.assert_allclose(grid.inputs[3], state.data.dataset.X[rows].mean(axis=0))


def test_a_large_network_has_fewer_cells(learner):
    large = make_grid(learner(hidden="100,100").state())
    assert large.rows < make_grid(learner().state()).rows


def test_a_small_picture_shows_every_second_cell_of_the_large_one(learner):
    maps = make_maps(course_after(learner))
    for layer, size in enumerate((2, 3, 1)):
        small = maps.small(layer)
        assert len(small) == size
        for unit, field in enumerate(small):
            large = maps.large(layer, unit)
            whole = levels(large).reshape(large.rows, large.columns)
            if layer:
                assert np.array_equal(levels(field).reshape(field.rows, -1), whole[::2, ::2])
            assert (field.rows, field.columns) == (large.rows // 2, large.columns // 2)


def test_one_half_is_in_the_middle_of_the_palette_for_shares_and_0_for_others(learner):
    maps = make_maps(course_after(learner))
    found = levels(maps.large(2, 0)).reshape(maps.grid.rows, -1)
    assert np.array_equal(found > 127, maps.cells(2)[0] > 0.5 + 0.5 / 254)
    found = levels(maps.large(1, 1)).reshape(maps.grid.rows, -1)
    assert np.array_equal(found > 127, maps.cells(1)[1] > 1 / 254)


def test_numbers_that_overflow_are_pictured_as_such(learner):
    state = learner(activations="relu").state()
    theta = np.full_like(state.run.theta, np.inf)
    broken = replace(state, run=replace(state.run, theta=theta))
    assert 255 in levels(make_maps(broken).large(1, 0))
