"""The cells fill in slice by slice, and where a slice ends shows in no number."""

from dataclasses import dataclass, field, fields

import numpy as np
import pytest

from backprop.engine.errors import LimitError
from backprop.engine.expression import parse
from backprop.lessons.optimizers.matrix.problem import function_problem, network_problem
from backprop.lessons.optimizers.matrix.stored import pack, unpack
from backprop.sharing.snapshot import from_bytes, to_bytes
from backprop.training import matrix_runs as matrix_run
from backprop.training import optimizers
from backprop.training.matrix_progress import Progress
from backprop.training.matrix_runs import fill_slice, runs, unfinished, why_not
from backprop.training.optimizers import OPTIMIZERS

HILL = parse("3x^2 + 2x y + y^2")
AT = {"x": 1.0, "y": 2.0}
NUMBERS = ("optimizer", "source", "loss", "evaluations", "gradients", "steps", "end", "sound")


def hill(expression="3x^2 + 2x y + y^2", at=AT, **rates):
    return function_problem(parse(expression), at, {"gradient_descent": 0.1, **rates})


class Clock:
    """A clock that moves on by a tick whenever somebody looks."""

    def __init__(self, tick):
        self.now, self.tick = 0.0, tick

    def __call__(self):
        self.now += self.tick
        return self.now


def filled(problem, tick=0.0):
    """Return a full progress, and in how many calls; stored and read again between them."""
    progress, calls = None, 0
    while unfinished(problem, progress):
        progress = unpack(from_bytes(to_bytes(pack(fill_slice(problem, progress, Clock(tick))))))
        calls += 1
    return progress, calls


def numbers(progress):
    return [tuple(getattr(cell, name) for name in NUMBERS) for cell in progress.finished]


@pytest.fixture(scope="module")
def whole():
    return filled(hill())


def test_every_cell_that_makes_sense_is_run_once(whole):
    progress, _ = whole
    assert [cell.key for cell in progress.finished] == list(runs(hill()))
    assert len(progress.finished) == 3 * len(OPTIMIZERS) + 3 * 3 + 3


@pytest.mark.parametrize("tick", [0.003, 0.011])
def test_where_a_call_ends_shows_in_no_number(whole, tick):
    progress, calls = filled(hill(), tick)
    assert numbers(progress) == numbers(whole[0])
    assert calls > whole[1]


def test_gradient_descent_is_that_of_the_textbook(whole):
    theta = np.array([1.0, 2.0])
    steps = 0
    while np.abs(g := np.array([[6.0, 2.0], [2.0, 2.0]]) @ theta).max() > 1e-5:
        theta, steps = theta - 0.1 * g, steps + 1
    cell = whole[0].find("gradient_descent", "backward")
    assert (cell.steps, cell.gradients, cell.evaluations) == (steps, steps + 1, 1)
    assert cell.loss == pytest.approx(3 * theta[0] ** 2 + 2 * theta[0] * theta[1] + theta[1] ** 2)


def test_central_differences_cost_two_evaluations_for_each_number(whole):
    for name in OPTIMIZERS:
        cell = whole[0].find(name, "central")
        assert cell.evaluations == 4 * cell.gradients + 1


def test_a_minimizers_evaluations_are_its_own_and_those_inside_its_gradients(whole):
    own = whole[0].find("l_bfgs_b", "backward")
    nudged = whole[0].find("l_bfgs_b", "central")
    assert nudged.evaluations == own.evaluations + 4 * nudged.gradients
    assert own.gradients == nudged.gradients


def test_without_a_gradient_scipy_nudges_by_itself(whole):
    alone = whole[0].find("l_bfgs_b", "none")
    assert alone.gradients == 0
    assert alone.evaluations == 3 * whole[0].find("l_bfgs_b", "backward").evaluations


def test_a_cell_that_makes_no_sense_says_why():
    sources = hill().sources
    assert why_not(sources["none"], "adam") == "needs a gradient"
    assert why_not(sources["none"], "newton_cg") == "needs a gradient"
    assert why_not(sources["backward"], "nelder_mead") == "takes none"
    assert not why_not(sources["none"], "nelder_mead")
    assert not why_not(sources["none"], "cg")
    for name in (*OPTIMIZERS, "cg"):
        assert why_not(network_problem().sources["closed"], name) == "no closed form"


def test_a_run_that_overflows_says_where_and_stays():
    progress, _ = filled(hill("x^4 + y^4", {"x": 3.0, "y": 2.0}, gradient_descent=1.0))
    cell = progress.find("gradient_descent", "backward")
    assert not cell.sound
    assert cell.end.startswith("no finite slope after ")
    assert cell.steps < 10


def test_a_function_without_a_value_has_no_finite_end():
    progress, _ = filled(hill("ln(-1 - x^2) + y", {"x": -1.0, "y": 1.0}))
    assert not unfinished(hill("ln(-1 - x^2) + y", {"x": -1.0, "y": 1.0}), progress)
    for cell in progress.finished:
        assert not cell.sound
        assert "no finite" in cell.end


def test_a_closed_form_that_proves_too_long_is_refused_in_words(monkeypatch):
    def too_long(*_):
        raise LimitError("The closed form has 999 parts: too long to be read.")

    monkeypatch.setattr("backprop.lessons.optimizers.matrix.problem.derivative", too_long)
    progress, _ = filled(hill())
    refused = [cell for cell in progress.finished if cell.refused]
    assert {cell.source for cell in refused} == {"closed"}
    assert all("999 parts" in cell.end and cell.gradients == 0 for cell in refused)


def test_another_problem_begins_afresh():
    progress = fill_slice(hill(), None, Clock(0.011))
    other = fill_slice(hill(at={"x": 2.0, "y": 2.0}), progress, Clock(0.011))
    assert other.problem != progress.problem
    assert len(other.finished) <= len(progress.finished)
    assert fill_slice(hill(), progress, Clock(0.011)).problem == progress.problem


def test_a_full_progress_stays_as_it_is(whole):
    assert numbers(fill_slice(hill(), whole[0])) == numbers(whole[0])


def test_a_call_is_bounded_by_counting_whatever_the_clock_says():
    problem = network_problem()
    progress = fill_slice(problem, None, Clock(0.0))
    done = sum(cell.gradients + cell.evaluations for cell in progress.finished)
    now = progress.current
    assert now is not None
    assert problem.weight * (done + now.gradients) <= matrix_run.MOST_WORK


def test_the_networks_first_cells_learn():
    problem, progress = network_problem(), None
    while progress is None or not progress.finished:
        progress = fill_slice(problem, progress, Clock(0.0))
    cell = progress.finished[0]
    assert cell.key == ("gradient_descent", "backward")
    assert cell.loss < 0.5 * problem.value(problem.start)


def test_a_new_optimizer_appears_by_itself(monkeypatch):
    @dataclass(frozen=True, slots=True)
    class Signs(optimizers.Optimizer):
        """Steps of one length."""

        learning_rate: float = field(default=0.01, metadata=optimizers.LEARNING_RATE)
        name = "signs"
        title = "signs"
        memory = ()
        rule = ("move = -learning_rate * sign(g)",)

        def _advance(self, g, state, theta):
            return -self.learning_rate * np.sign(g), {}

    more = {**OPTIMIZERS, "signs": Signs}
    monkeypatch.setattr("backprop.lessons.optimizers.matrix.problem.OPTIMIZERS", more)
    monkeypatch.setattr("backprop.lessons.optimizers.matrix.stored.OPTIMIZERS", more)
    monkeypatch.setattr(matrix_run, "OPTIMIZERS", more)
    progress, _ = filled(hill())
    assert fields(Signs)[0].default == 0.01
    assert progress.find("signs", "closed").steps == 200


def test_an_empty_progress_knows_how_many_cells_there_are():
    assert matrix_run.progress_on(hill(), Progress("other")).total == len(runs(hill()))
