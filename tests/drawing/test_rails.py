"""The wires of a program: no two of them lie on each other."""

from itertools import pairwise

from backprop.drawing.rails import draw_rails, place_rails

READS = {"Z": ("A", "W", "b"), "H": ("Z",), "D": ("H", "Y"), "L": ("D",)}
ROWS = ("A", "W", "b", "Y", "Z", "H", "D", "L")


def test_rails_in_one_lane_do_not_overlap():
    placing = place_rails(READS, ROWS, 40.0)
    spans = {}
    for name in placing.lanes:
        last = max(ROWS.index(line) for line, names in READS.items() if name in names)
        spans.setdefault(placing.lanes[name], []).append((ROWS.index(name), last))
    for lane in spans.values():
        ordered = sorted(lane)
        assert all(a[1] <= b[0] for a, b in pairwise(ordered))


def test_those_that_arrive_at_one_line_arrive_below_each_other():
    placing = place_rails(READS, ROWS, 40.0)
    places = [placing.arrivals["Z", name] for name in ("A", "W", "b")]
    assert len(set(places)) == 3
    assert all(160 < y < 200 for y in places)


def test_what_is_now_is_drawn_on_top():
    placing = place_rails(READS, ROWS, 40.0)
    states = {(line, name): ("value", "") for line, names in READS.items() for name in names}
    states["Z", "W"] = ("now", "backward")
    drawn = draw_rails(placing, states, dict.fromkeys(placing.starts, "value"))
    assert [wire.state for wire in drawn.wires].index("now") == len(drawn.wires) - 1
    assert drawn.width > 14
