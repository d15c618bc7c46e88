"""How far off predictions of numbers are, beside what the mean and a straight line give."""

from pathlib import Path

import numpy as np
import pytest

from backprop.lessons.training.errors import in_unit

CAR = (Path(__file__).parents[2] / "reference" / "cases" / "c10_car.csv").read_text()
HOUSES = "area;price\n" + "".join(f"{k} m²;${900 * k + 50 * (k % 7)}\n" for k in range(30, 70))


def errors(page, **pairs):
    return page.board(**pairs).progress.score.errors


def test_a_loss_stands_beside_that_of_the_mean_and_of_a_straight_line(learner):
    page = learner().do("bring", table=CAR)
    shown = errors(page)
    assert [row.name for row in shown.rows] == ["this network", "the mean", "a straight line"]
    price = np.array([3650, 3800, 4400, 4450, 5250, 5350.0])
    _, mean, line = shown.rows
    assert mean.loss.exact == pytest.approx(0.5)
    assert mean.off.exact == pytest.approx(price.std())
    assert line.loss.exact * price.var() == pytest.approx(1.5305e5, rel=1e-3)
    assert line.off.exact == pytest.approx(553.26, abs=0.01)
    assert shown.rows[0].off_held_out is None
    assert shown.scaled == "(price − 4483.33) / 646.572"


def test_the_defaults_come_below_the_straight_line(learner):
    page = learner(hidden="8,8").do("bring", table=CAR).train(100)
    ours, mean, line = errors(page).rows
    assert ours.loss.exact < line.loss.exact < mean.loss.exact
    assert ours.off.exact < line.off.exact
    assert errors(page).verdict == "The network does at least as well as a straight line."


def test_the_same_as_it_was_is_said_to_be_far_off(learner):
    page = learner(hidden="8,8").do("bring", table=CAR)
    page.do("epoch", targets="").train(50)
    shown = errors(page)
    assert shown.scaled == ""
    assert shown.rows[1].loss.exact == pytest.approx(2.09e5, rel=1e-2)
    assert shown.rows[2].loss.exact == pytest.approx(1.53e5, rel=1e-2)
    assert shown.rows[0].loss.exact > 8e6
    assert shown.verdict == "The network does worse than always saying the mean."


def test_errors_are_in_the_unit_of_the_target_of_both_parts(learner):
    page = learner().do("bring", table=HOUSES)
    shown = errors(page)
    assert (shown.unit, shown.now[0]) == ("$", "$")
    ours = shown.rows[0]
    state = page.state()
    outputs = state.network.outputs(state.parameters, state.data.test.X)
    wrong = (
        state.data.target_scaling.undo(outputs) - state.data.dataset.Y[list(state.data.test_rows)]
    )
    assert ours.off_held_out.exact == pytest.approx(np.sqrt(np.mean(wrong**2)))
    row = page.board().progress.score
    assert ours.loss.exact == pytest.approx(row.train.exact)
    assert ours.loss_held_out.exact == pytest.approx(row.test.exact)


def test_between_the_mean_and_the_line_it_is_said_so(learner):
    page = learner(hidden="8,8").do("bring", table=HOUSES)
    seen = set()
    for _ in range(40):
        seen.add(errors(page.do("step")).verdict)
    assert "The network does better than the mean, and not yet as well as a straight line." in seen


def test_so_few_examples_that_a_line_goes_through_all_are_named(learner):
    page = learner(hidden="").do("bring", table="a,b\n1,2\n2,3.5\n")
    page.do("epoch", learning_rate="0.3").train(300)
    assert errors(page).verdict.startswith("A straight line goes through every training example")


def test_generated_numbers_have_their_baselines_too_and_classes_none(learner):
    assert errors(learner(data="sine")).rows[2].loss.exact > 0
    assert errors(learner()) is None


def test_numbers_that_end_are_said_to_have_ended(learner):
    page = learner(data="plane", hidden="", optimizer="gradient_descent", learning_rate="9")
    page.train(400)
    assert errors(page).verdict in (
        "The loss is no longer a finite number.",
        "The network does worse than always saying the mean.",
    )


@pytest.mark.parametrize(
    ("x", "unit", "shown"),
    [
        (547.2, "$", "$547.200"),
        (12_345.6, "€", "€12,346"),
        (-12_345.6, "$", "−$12,346"),
        (12.5, "%", "12.500 %"),
        (0.5, "", "0.500"),
        (3e12, "m", "3.00·10¹² m"),
        (float("inf"), "m", "∞ m"),
    ],
)
def test_a_number_stands_with_its_unit(x, unit, shown):
    assert in_unit(x, unit) == shown


def test_what_a_date_is_off_by_is_counted_in_days(learner):
    table = "x,when\n" + "".join(f"{k},2019-0{k}-01\n" for k in range(1, 8))
    shown = errors(learner().do("bring", table=table))
    assert shown.unit == "days"


def test_the_numbers_behind_the_curves_say_both(learner):
    charts = learner().do("bring", table=HOUSES).train(3).board().charts
    assert charts.heads[-2:] == ("off by, $", "off by, held out, $")
    for row in charts.rows:
        loss, off = (float(row[k].replace("·10⁻", "e-")) for k in (1, -2))
        assert off == pytest.approx(np.sqrt(2 * loss) * np.std(prices(learner)), rel=1e-4)
    assert "off by" not in str(learner(data="sine").board().charts.heads)


def prices(learner):
    state = learner().do("bring", table=HOUSES).state()
    return state.data.dataset.Y[list(state.data.train_rows)]


def test_pictures_are_in_the_targets_own_unit(learner):
    page = learner().do("bring", table=CAR)
    line = page.board().view.figure
    assert '"price"' in line
    two = "a,b,price\n" + "".join(f"{k},{k * k % 7},${1000 + 100 * k}\n" for k in range(8))
    view = learner().do("bring", table=two).board().view
    assert (view.low, view.high) == ("$1,000", "$1,700")
    assert view.plane.keys == (("plus", "price above its mean, $1,350"), ("minus", "below"))
    plain = learner().do("bring", table=two).board(targets="").view
    assert (plain.low, plain.high) == ("−1700", "1700")


def test_a_loss_that_is_no_square_has_its_errors_from_the_outputs(learner, monkeypatch):
    page = learner().do("bring", table=HOUSES).train(2)
    known = errors(page).rows[0]
    monkeypatch.setattr("backprop.lessons.training.errors.SQUARES", {})
    computed = errors(page).rows[0]
    assert computed.off.exact == pytest.approx(known.off.exact, rel=1e-12)
    assert computed.off_held_out.exact == pytest.approx(known.off_held_out.exact, rel=1e-12)
