"""What is to be seen in the matrix is said once it is there, with the numbers of the cells."""

import math

from backprop.lessons.optimizers.matrix.progress import FinishedRun, Progress
from backprop.lessons.optimizers.matrix.words import find_best, observe, optimizer_title


def cell(optimizer, source, loss, evaluations=1, gradients=200, sound=True, end="200 steps"):
    counts = evaluations, gradients, 200
    return FinishedRun(optimizer, source, *counts, 0.002, loss, end, sound)


def row(optimizer, loss, nudged):
    return cell(optimizer, "backward", loss), cell(optimizer, "central", nudged, 801)


def said(*cells):
    return {saying.where: saying.words for saying in observe(Progress("word", cells))}


ALIKE = (*row("adam", 0.25, 0.25), *row("momentum", 0.5, 0.5), *row("adamw", 0.125, 0.125))


def test_nothing_is_said_of_little():
    assert not said()
    assert not said(*row("adam", 0.25, 0.25))


def test_along_a_row_the_loss_is_the_same_and_the_cost_is_not():
    words = said(*ALIKE)["Along a row"]
    assert "with all 3 optimizers the loss is the same to the digits shown" in words
    assert "1 evaluation and 200 gradients" in words
    assert "801 evaluations and 200 gradients" in words


def test_runs_that_part_are_named():
    words = said(*ALIKE, *row("cg", 1e-14, 3e-12))["Along a row"]
    assert "with 3 of 4 optimizers" in words
    assert "Conjugate gradient ends at another loss" in words


def test_two_that_part_have_a_verb_of_their_own():
    words = said(*ALIKE, *row("cg", 1e-14, 3e-12), *row("rmsprop", 1.0, 2.0))["Along a row"]
    assert "Conjugate gradient and RMSprop end at another loss" in words


def test_it_is_said_too_when_all_part():
    cells = (*row("adam", 1.0, 2.0), *row("momentum", 1.0, 2.0), *row("adamw", 1.0, 2.0))
    assert "with none of them the loss is the same" in said(*cells)["Along a row"]


def test_down_a_column_the_ends_differ():
    words = said(*ALIKE)["Down a column"]
    assert "between 0.125 (AdamW) and 0.500 (momentum)" in words


def test_minimizers_that_get_no_gradient_are_compared_with_one_that_does():
    cells = (
        cell("l_bfgs_b", "backward", 1e-9, 8, 8),
        cell("l_bfgs_b", "none", 1e-9, 24, 0),
        cell("nelder_mead", "none", 2.0, 87, 0),
    )
    words = said(*cells)["Without a gradient"]
    assert "24 evaluations, where with the backward pass it took 8 evaluations and 8" in words
    assert "ends at 2 after 87 evaluations" in words
    assert "Without a gradient" not in said(*cells[:2])


def test_who_overflows_is_named_with_the_place():
    gone = cell("momentum", "backward", math.nan, sound=False, end="no finite slope after 6 steps")
    met = cell("cg", "none", math.inf, sound=False, end="met no finite number after 2 steps")
    assert said(gone)["Out of the numbers"].startswith("Momentum met no finite slope after 6 steps")
    assert "So did 1 more" in said(gone, met)["Out of the numbers"]
    assert said(met)["Out of the numbers"].startswith("Conjugate gradient met no finite number")


def test_the_best_is_the_lowest_and_of_equals_the_one_that_asked_least():
    dear, cheap = cell("adam", "central", 0.1, 801), cell("adam", "backward", 0.1)
    gone = cell("cg", "none", -math.inf, sound=False)
    assert find_best(Progress("word", (dear, cheap, gone))) is cheap
    assert find_best(Progress("word", (gone,))) is None


def test_every_optimizer_has_its_title():
    assert (optimizer_title("adamw"), optimizer_title("nelder_mead")) == ("AdamW", "Nelder–Mead")
