"""The pass there and back: what lives how long, with everything kept and with checkpoints."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.engine.program import read
from backprop.engine.tape import placement
from backprop.engine.tape.needed import tape_of
from backprop.engine.tape.placement import best, curve, evenly, every, root_of
from backprop.engine.tape.plan import ASKED, PASSING, VALUE, keep_all, make_plan

ALL = (VALUE, PASSING, ASKED)


def layers(n):
    """Return a chain of n dense layers, all arrays 8×8."""
    weights = "\n".join(f"W{i} : 8 x 8 = random {i}" for i in range(1, n + 1))
    lines = "\n".join(f"h{i} = tanh(h{i - 1} @ W{i}.T)" for i in range(1, n + 1))
    return tape_of(read(f"h0 : given 8 x 8 = random 99\n{weights}\n{lines}"))


def recurrent(steps):
    """Return a recurrent net, batch 2, states 4, and the cross-entropy at its end."""
    lines = "\n".join(
        f"h{t} = tanh(X[:, {t - 1}] @ U.T + h{t - 1} @ W.T + b)" for t in range(1, steps + 1)
    )
    return tape_of(
        read(
            f"X : given 2 x {steps} x 3 = random 33\ny : index 2 = [1, 0]\nh0 : given 2 x 4 = zeros"
            "\nU : 4 x 3 = random 34\nW : 4 x 4 = random 35\nb : 4 = zeros\nV : 2 x 4 = random 36\n"
            f"{lines}\nS = h{steps} @ V.T\nL = cross_entropy(S, y)"
        )
    )


def test_sixteen_layers_keep_sixteen_arrays_and_run_32_lines():
    plan = keep_all(layers(16))
    assert (plan.peak(), plan.work, plan.again) == (16, 32, 0)
    assert plan.held() == [*range(1, 17), *range(16, 0, -1)]
    assert plan.peak(in_bytes=True) == 16 * 512


def test_a_checkpoint_at_every_fourth_layer_makes_the_peak_7_and_the_work_44():
    tape = layers(16)
    plan = make_plan(tape, every(tape, 4))
    assert (plan.peak(), plan.again, plan.work) == (7, 12, 44)
    assert [f"{kind[0]}{line + 1}" for kind, line in plan.events[16:30]] == (
        [
            "a13",
            "a14",
            "a15",
            "b16",
            "b15",
            "b14",
            "b13",
            "a9",
            "a10",
            "a11",
            "b12",
            "b11",
            "b10",
            "b9",
        ]
    )
    held = plan.held()[27]
    assert held == 5
    names = {tape.program.nodes[life.node].name for life in plan.at(27) if life.kind == VALUE}
    assert names == {"h4", "h8", "h9", "h10", "h11"}


def test_none_keeps_one_array_forward_and_needs_all_again_at_once():
    plan = make_plan(layers(16), ())
    assert (plan.peak(), plan.again) == (16, 15)
    assert max(plan.held()[:16]) == 2


def test_evenly_placed_the_peak_falls_to_7_and_rises_while_recomputation_falls():
    points = curve(layers(16))
    assert [point.peak for point in points] == [16, 9, 7, 7, 7, 8, 8, 9, 10, 11, 11, 12, 13, 14,
                                                15, 16]  # fmt: skip
    assert [point.again for point in points] == list(range(15, -1, -1))


def test_twelve_steps_of_a_recurrent_net_make_a_triangle():
    """Forward 64 bytes a step, the state h; the loss and the scores are 8 and 32.

    Back, each step lets one state go; the gradients of U, W, b and V (96, 128, 32 and 64 bytes) are
    there from their first use, and two states' gradients are there at once. At the end stand the
    320 bytes that were asked for, h1, and dh1.
    """
    held = keep_all(recurrent(12)).held(in_bytes=True, kinds=ALL)
    assert held[:14] == [64 * t for t in range(1, 13)] + [12 * 64 + 32, 12 * 64 + 32 + 8]
    asked = 96 + 128 + 32 + 64
    back = [asked + 64 * t + 2 * 64 for t in range(12, 1, -1)] + [asked + 64 + 64]
    assert held[14:] == [12 * 64 + 32 + 8 + 32, 12 * 64 + 32 + 64 + 64, *back]
    assert (held[0], max(held), held[-1]) == (64, 1216, 448)


def test_a_gradient_of_a_leaf_is_one_array_however_many_uses_it_has():
    lives = [life for life in keep_all(recurrent(12)).lives if life.kind == ASKED]
    assert len(lives) == 4
    assert {life.last for life in lives} == {27}


def test_what_is_given_has_no_way_back():
    tape = tape_of(read("X : given 3 = random 1\nw : 3 = random 2\nM = exp(X)\nL = sum(M * w)"))
    plan = keep_all(tape)
    assert [event for event in plan.events if event.kind == "back"] == [("back", 1)]


def test_a_way_around_a_checkpoint_is_computed_again_from_before_it():
    text = "x : 3 = random 1\na = exp(x)\nb = sin(a)\nc = sin(b)\nd = a * exp(c)\nL = sum(d)"
    tape = tape_of(read(text))
    plan = make_plan(tape, {2})
    again = [tape.lines[line].name for kind, line in plan.events if kind == "again"]
    assert again == ["a", "d", "a", "b"]


def test_the_last_line_may_be_the_only_one():
    tape = tape_of(read("x : 3 = random 1\nL = sum(x ** 2)"))
    plan = keep_all(tape)
    assert (plan.work, plan.peak(), plan.kept) == (2, 1, frozenset())
    assert (root_of(tape), every(tape, 1), evenly(tape, 0), len(curve(tape))) == (0, (), (), 1)


@pytest.mark.parametrize(("count", "peak"), [(1, 9), (2, 7), (3, 6), (4, 6), (5, 6), (15, 16)])
def test_the_best_placement_has_segments_that_get_shorter(count, peak):
    """With c checkpoints and a peak of p, c + 1 segments hold p + (p − 1) + … lines at most."""
    found = best(layers(16), count)
    assert found.plan.peak() == peak
    assert sum(peak - i for i in range(count + 1)) >= 16
    assert peak == count + 1 or sum(peak - 1 - i for i in range(count + 1)) < 16


def test_few_placements_are_all_tried():
    tape = layers(9)
    found = best(tape, 2)
    assert found.all_tried
    assert found.tried == 28
    peaks = [make_plan(tape, {a, b}).peak() for b in range(8) for a in range(b)]
    assert found.plan.peak() == min(peaks)
    assert not best(layers(16), 4).all_tried
    assert best(tape, 99).plan.again == 0


@pytest.mark.parametrize("count", range(1, 11))
def test_a_best_placement_that_is_looked_for_is_as_good_as_one_of_all(monkeypatch, count):
    """In bytes, where lines are not alike, it is within one state of 64 bytes."""
    tape = recurrent(10)
    all_of = {
        in_bytes: min(
            make_plan(tape, kept).peak(in_bytes=in_bytes) for kept in combinations(range(11), count)
        )
        for in_bytes in (False, True)
    }
    monkeypatch.setattr(placement, "MOST_TRIED", 0)
    kinds = (VALUE, "looked for")  # another key than that of what was found before
    assert best(tape, count, kinds=kinds).plan.peak() == all_of[False]
    found = best(tape, count, in_bytes=True, kinds=kinds).plan.peak(in_bytes=True)
    assert found <= all_of[True] + 64


@given(st.integers(2, 29), st.data())
def test_a_plan_of_a_chain_costs_what_the_formula_says(n, data):
    tape = layers(n)
    kept = data.draw(st.sets(st.integers(0, n - 2)))
    plan = make_plan(tape, kept)
    ends = [-1, *sorted(kept), n - 1]
    lengths = [b - a for a, b in pairwise(ends)]
    assert plan.again == n - 1 - len(kept)
    assert plan.work == 2 * n + plan.again
    forward = len(kept) + 1 + (n - 1 not in kept and bool(plan.again) and lengths[-1] > 1)
    assert plan.peak() >= max(before + length for before, length in enumerate(lengths))
    assert plan.peak() <= max(forward, *(i + length for i, length in enumerate(lengths)))
