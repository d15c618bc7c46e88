"""SciPy's minimizers in slices: the cut never shows, and any function may be asked of."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest
from scipy import optimize

from backprop.training import minimize as module
from backprop.training.minimize import METHODS, MOST_NUMBERS, Record, Task, minimize

START = np.array([0.8, 0.7])


def valley(point):
    x, y = map(float, point)
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def slopes(point):
    x, y = map(float, point)
    return np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])


def tasks(value=valley, gradient=slopes, start=START):
    for method in METHODS.values():
        if method.takes_gradient:
            yield Task(method, value, gradient, start)
        if not method.needs_gradient:
            yield Task(method, value, None, start)


def named(task):
    return f"{task.method.name}-{'alone' if task.gradient is None else 'given'}"


TASKS = [pytest.param(task, id=named(task)) for task in tasks()]


def in_slices(task, k):
    """Return the outcome by slices of k new answers each, and how many there were."""
    record, outcome, slices = None, None, 0
    while outcome is None:
        left = iter([False] * (k - 1) + [True])
        record, outcome = minimize(task, record, lambda left=left: next(left))
        slices += 1
    return outcome, slices


@pytest.mark.parametrize("task", TASKS)
def test_a_whole_run_is_scipys_own(task):
    ours = minimize(task).outcome
    its = optimize.minimize(task.value, task.start, jac=task.gradient, method=task.method.called)
    assert np.array_equal(ours.point, its.x)
    assert (ours.value, ours.evaluations, ours.iterations) == (its.fun, its.nfev, its.nit)
    assert ours.gradients == (its.njev if task.gradient else 0)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("k", [pytest.param(1, marks=pytest.mark.long), 3, 20, 10_000])
def test_where_a_slice_ends_never_shows(task, k):
    whole = minimize(task).outcome
    cut, slices = in_slices(task, k)
    assert slices == -(-(whole.evaluations + whole.gradients) // k)
    assert np.array_equal(cut.point, whole.point)
    for name in ("value", "evaluations", "gradients", "iterations", "words"):
        assert getattr(cut, name) == getattr(whole, name)


def test_what_is_in_the_record_is_not_computed_again():
    calls = []

    def counted(point):
        calls.append(1)
        return valley(point)

    outcome, _ = in_slices(Task(METHODS["nelder_mead"], counted, None, START), 5)
    assert len(calls) == outcome.evaluations


def test_a_question_that_stands_otherwise_in_the_record_is_computed_anew():
    task = Task(METHODS["cg"], valley, slopes, START)
    left = iter([False] * 9 + [True])
    record, _ = minimize(task, None, lambda: next(left))
    other = Record(record.marks + (np.arange(10) == 4), record.numbers * 0 + 1e9, 0.0)
    kept = np.concatenate([record.numbers[:6], other.numbers[6:]])  # four answers: 1 + 2 + 1 + 2
    again = minimize(task, Record(other.marks, kept)).outcome
    whole = minimize(task).outcome
    assert np.array_equal(again.point, whole.point)
    assert again.evaluations == whole.evaluations


def test_a_run_that_asks_too_much_is_stopped_at_its_last_point(monkeypatch):
    monkeypatch.setattr(module, "MOST_VALUES", 30)
    outcome = minimize(Task(METHODS["nelder_mead"], valley, None, START)).outcome
    assert outcome.evaluations == 30
    assert "after 30 evaluations" in outcome.words
    assert outcome.value == valley(outcome.point)


def test_gradients_are_bounded_too(monkeypatch):
    monkeypatch.setattr(module, "MOST_GRADIENTS", 12)
    outcome = minimize(Task(METHODS["newton_cg"], valley, slopes, START)).outcome
    assert outcome.gradients == 12
    assert "after 12 gradients" in outcome.words


def test_a_record_is_bounded_so_that_a_snapshot_holds_it(monkeypatch):
    assert MOST_NUMBERS * 8 * 4 / 3 < 2**20
    monkeypatch.setattr(module, "MOST_NUMBERS", 40)
    record, outcome = minimize(Task(METHODS["newton_cg"], valley, slopes, START))
    assert len(record.marks) + len(record.numbers) <= 40
    assert "its record" in outcome.words


FUNCTIONS = {
    "NaN everywhere": lambda p: p[0] * np.nan,
    "infinite": lambda p: p[1] ** 2 + np.inf,
    "minus infinity": lambda p: -(p[1] ** 2) - np.inf,
    "a plane without end": lambda p: p[0] + p[1],
    "downhill for ever": lambda p: -(p[0] ** 4),
    "a logarithm that ends": lambda p: np.log(p[0]) + p[1] ** 2,
    "a pole": lambda p: 1 / (p[0] - 1),
    "an overflow": lambda p: -np.exp(p[0]),
    "NaN beyond a line": lambda p: np.where(p[0] < 0.5, np.nan, p @ p),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_infinity_and_nan_neither_warn_nor_raise(name):
    def value(point):
        with np.errstate(all="ignore"):
            return float(FUNCTIONS[name](point))

    def by_nudging(point):
        with np.errstate(all="ignore"):
            sides = ((value(point + d), value(point - d)) for d in 1e-6 * np.eye(2))
            return np.array([(up - down) / 2e-6 for up, down in sides])

    for task in tasks(value, by_nudging, np.array([1.0, 2.0])):
        outcome = minimize(task).outcome
        assert outcome.evaluations <= module.MOST_VALUES
        if not np.isfinite(outcome.value):
            assert not outcome.is_sound
            assert "no finite number after" in outcome.words


def test_the_seconds_are_those_of_new_answers_and_of_scipys_last_pass():
    ticks = iter(range(1_000_000))
    task = Task(METHODS["nelder_mead"], valley, None, START)
    outcome = minimize(task, clock=lambda: float(next(ticks))).outcome
    # Each question looks at the clock three times: 1 tick for its answer, 1 for the rest of it;
    # SciPy's own are those between questions.
    assert outcome.seconds == outcome.evaluations * 2 + 1


def test_scipy_is_imported_on_first_use():
    code = """
        import sys
        import backprop, app
        import backprop.lessons.catalog
        import backprop.lessons.optimizers.matrix.board
        import backprop.training.minimize
        app.create_app({"DATABASE_URL": "sqlite://"})
        assert not [name for name in sys.modules if name.split(".")[0] == "scipy"]
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
