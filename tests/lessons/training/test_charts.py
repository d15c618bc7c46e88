"""The curves of a run, and the same in words and numbers."""

import json

import pytest

from backprop.lessons.training.charts import TABLE_ROWS


def curves(chart):
    return {each["name"]: each for each in json.loads(chart.figure)["data"]}


def test_the_curves_are_the_records_of_the_run(learner):
    page = learner().train(4)
    charts = page.board().charts
    for chart, column, name in (
        (charts.loss, 0, "training"),
        (charts.loss, 1, "held out"),
        (charts.slopes, 5, "layer 1"),
        (charts.slopes, 6, "layer 2"),
    ):
        found = curves(chart)[name]
        assert found["x"] == [0, 1, 2, 3, 4]
        assert found["y"] == pytest.approx(page.run.records[:, column], rel=1e-4)


def test_in_the_middle_of_an_epoch_the_present_stands_at_the_end(learner):
    page = learner(batch="4").do("epoch").do("step")
    board = page.board()
    found = curves(board.charts.loss)["training"]
    assert found["x"] == [0, 1, 1.3333]
    assert found["y"][-1] == pytest.approx(board.progress.score.train.exact, rel=1e-4)


def test_looking_back_a_line_says_where_and_the_whole_run_stays(learner):
    page = learner().train(4)
    figure = json.loads(page.board(at="2").charts.loss.figure)
    assert figure["layout"]["shapes"][-1]["x0"] == 2
    assert figure["data"][-1]["x"] == [0, 1, 2, 3, 4]


def test_a_setting_that_changed_is_marked_and_said(learner):
    page = learner().train(2).do("epoch", learning_rate="0.3")
    board = page.board()
    assert board.charts.changes == ((2, "learning rate 0.3"),)
    assert [line["x0"] for line in json.loads(board.charts.loss.figure)["layout"]["shapes"]] == [2]


def test_without_held_out_examples_there_is_no_curve_of_them(learner):
    page = learner(share="100").train(1)
    charts = page.board().charts
    assert list(curves(charts.loss)) == ["training"]
    assert "accuracy, held out" not in curves(charts.shares)
    assert {row[2] for row in charts.rows} == {"–"}


def test_numbers_without_hidden_units_have_nothing_to_count(learner):
    chart = learner(data="plane", hidden="").train(1).board().charts.shares
    assert (chart.series, chart.alt) == ((), "Nothing to count.")


@pytest.mark.parametrize(
    ("data", "hidden", "title"),
    [
        ("plane", "4", "Dead units"),
        ("plane", "", "Dead units"),
        ("circles", "4", "Accuracy and dead units"),
        ("circles", "", "Accuracy"),
    ],
)
def test_the_chart_of_shares_is_called_by_what_it_counts(learner, data, hidden, title):
    assert learner(data=data, hidden=hidden).train(1).board().charts.shares.title == title


def test_before_the_first_step_the_curves_are_one_point(learner):
    charts = learner().board().charts
    assert all(len(series.x) == 1 for series in (*charts.loss.series, *charts.slopes.series))
    assert len(charts.rows) == 1


def test_the_runs_beside_it_are_drawn_too(learner):
    page = learner().train(3).do("compare").do("epoch", at="1", learning_rate="0.5")
    found = curves(page.board().charts.loss)
    assert found["same start, learning rate 0.01"]["x"] == [0, 1, 2, 3]


def test_the_numbers_behind_the_charts_can_be_read_newest_first(learner):
    page = learner(batch="20").train(150)
    charts = page.board().charts
    assert len(charts.heads) == len(charts.rows[0]) == 8
    assert charts.rows[0][0] == "150"
    assert len(charts.rows) <= 2 * TABLE_ROWS
    assert charts.rows[0][3].endswith(" %")


def test_a_run_that_breaks_is_drawn_with_gaps(learner):
    page = learner(preset="exploding", hidden="").train(2_000)
    assert page.run.broken
    charts = page.board(log="1").charts
    json.loads(charts.loss.figure, parse_constant=pytest.fail)
    assert charts.loss.alt.startswith("The loss over the training examples goes from")
