"""Does it train? The losses of 300 rounds, and what is said of them."""

import json

import numpy as np

from backprop.lessons.find_the_bug.bug import make_bug
from backprop.lessons.find_the_bug.trainings import _words, show_trainings, three


def test_a_transposed_matrix_trains_and_only_the_check_sees_it():
    shown = show_trainings(make_bug("by-hand", "transposed", 1))
    assert (shown.rounds, shown.rate) == (300, "0.5")
    assert (shown.right, shown.wrong) == ("0.00504", "0.00516")
    assert shown.after_one == "After one round the two losses differ by 1.12·10⁻⁷."
    assert (shown.seems, shown.so) == ("It does.", "Only the check sees it.")
    right, wrong = json.loads(shown.figure)["data"]
    assert (right["line"]["dash"], wrong["line"]["dash"]) == ("solid", "dash")
    assert shown.rows[0] == ("0", "0.298", "0.298")
    assert shown.rows[-1] == ("300", "0.00504", "0.00516")


def test_where_every_step_climbs_the_loss_tells_too():
    shown = show_trainings(make_bug("by-hand", "sign", 2))
    assert shown.seems == "It does not: the loss climbs."


def test_where_a_dead_unit_is_concerned_both_losses_are_the_same():
    shown = show_trainings(make_bug("relu", "before-activation", 2))
    assert shown.after_one == "After one round the two losses are the same number."


def test_a_number_has_three_digits():
    texts = [three(x) for x in (0.00504, 0.47, 0.0, 12.0, 1.5e-7, np.inf)]
    assert texts == ["0.00504", "0.470", "0", "12.0", "1.50·10⁻⁷", "∞"]


def test_what_is_said_follows_the_losses():
    def said(*pairs):
        return _words(np.array(pairs))

    assert said((1.0, 1.0), (0.1, np.inf))[0].startswith("It breaks")
    assert said((1.0, 1.0), (0.1, 0.09))[0] == "It does, and ends lower."
    assert said((1.0, 1.0), (0.1, 0.3))[0] == "It does, though not as far."
    assert said((1.0, 1.0), (0.1, 0.9))[0].startswith("Hardly")
