"""The film strip: every step in order, folded where there are too many."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from backprop.lessons.network.lesson import LESSON
from backprop.lessons.network.training_step import compute
from backprop.notation.names import label_of
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin
from backprop.stage.walk.steps import network_steps
from backprop.stage.walk.strip import MOST_GROUPS, MOST_TICKS, Film, network_folds

PRESETS = pytest.mark.parametrize("preset", [p.name for p in LESSON.presets])
DETAILS = pytest.mark.parametrize("detail", ["neurons", "operations"])


def open_at(query=""):
    """Return the choices of a query, and the links around them."""
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    origin = Origin({}, LESSON.defaults)
    if "preset" in pairs:
        origin = Origin({"preset": pairs["preset"]}, LESSON.preset(pairs["preset"]).choices)
    choices = read_choices(origin.choices, pairs)
    return choices, Links(LESSON.path, origin, choices)


def strip_at(query, step):
    choices, links = open_at(f"{query}&step={step}")
    steps = network_steps(compute(choices).graph)
    return Film(steps, links, label_of, network_folds(steps)).at(step)


def step_at(address):
    return int(dict(parse_qsl(urlsplit(address).query)).get("step", 0))


@PRESETS
@DETAILS
def test_every_step_can_be_reached_from_the_strip(preset, detail):
    query = f"preset={preset}&detail={detail}"
    count, reached, waiting = strip_at(query, 0).count, {0}, [0]
    while waiting:
        strip = strip_at(query, waiting.pop())
        ticks = [tick.address for phase in strip.phases for tick in phase.ticks]
        for step in {step_at(address) for address in ticks} - reached:
            reached.add(step)
            waiting.append(step)
    assert reached == set(range(count))


@PRESETS
@DETAILS
def test_the_strip_counts_every_step_once_and_marks_where_it_stands(preset, detail):
    query = f"preset={preset}&detail={detail}"
    for step in range(strip_at(query, 0).count):
        strip = strip_at(query, step)
        ticks = [tick for phase in strip.phases for tick in phase.ticks]
        assert sum(tick.count for tick in ticks) == strip.count
        assert [tick.number for tick in ticks if tick.state == "now"] == [step + 1]
        assert [phase.state for phase in strip.phases].count("now") == 1
        assert all(tick.label or tick.words for tick in ticks)


@PRESETS
def test_a_long_walk_is_folded_until_it_fits(preset):
    for detail in ("neurons", "operations"):
        strip = strip_at(f"preset={preset}&detail={detail}", 0)
        folded = [tick for phase in strip.phases for tick in phase.ticks if tick.count > 1]
        assert bool(folded) == (strip.count > MOST_TICKS)
        assert len(folded) <= MOST_GROUPS


def test_the_largest_network_by_neurons_is_folded_by_layer():
    sizes, names = ",".join("3" * 10), ",".join(["tanh"] * 9)
    strip = strip_at(f"sizes={sizes}&activations={names}&names=indexed", 0)
    assert [len(phase.ticks) for phase in strip.phases] == [14, 1, 11, 1]


def test_the_arrows_lead_one_step_or_one_phase_on():
    strip = strip_at("names=textbook", 12)
    assert (strip.at, strip.count) == (13, 30)
    assert [step_at(a) for a in (strip.first, strip.back, strip.forward, strip.last)] == [
        *(0, 11, 13, 29)
    ]
    assert (step_at(strip.phase_back), step_at(strip.phase_forward)) == (9, 29)


def test_there_is_no_way_back_from_the_first_step_nor_on_from_the_last():
    first, last = strip_at("", 0), strip_at("", 29)
    assert (first.back, first.phase_back) == ("", "")
    assert (last.forward, last.phase_forward) == ("", "")


def test_a_strip_names_the_quantity_of_its_step_as_plain_text():
    assert strip_at("", 14).now == "w⁽²⁾₁₁"
    assert strip_at("", 29).now == ""  # the update is of all
