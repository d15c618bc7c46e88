"""What can be chosen, and how it is spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.lessons.training.choices import MOST_DRAWN, Choices
from backprop.lessons.training.presets import DEFAULTS
from backprop.sharing.snapshot import from_bytes, to_bytes
from backprop.stage.choices import ChoiceError, read_choices, write_choices
from backprop.training.optimizers import OPTIMIZERS


@given(
    hidden=st.lists(st.integers(1, 128), max_size=11),
    optimizer=st.sampled_from(sorted(OPTIMIZERS)),
    rate=st.floats(0, 10),
    batch=st.integers(1, 2_000),
    drawn=st.lists(st.floats(-3, 3), max_size=9),
    columns=st.lists(st.from_regex(r"[a-zé ]{1,20}[a-z]", fullmatch=True), max_size=3),
)
def test_choices_are_spelled_and_read_again(hidden, optimizer, rate, batch, drawn, columns):
    columns = [name.strip() for name in columns]
    pairs = {
        "hidden": ",".join(map(str, hidden)),
        "optimizer": optimizer,
        "learning_rate": repr(rate),
        "batch": str(batch),
        "drawn": ",".join(map(repr, drawn)),
        "columns": ",".join(columns),
    }
    choices = read_choices(DEFAULTS, pairs)
    assert (choices.network.hidden, choices.data.columns) == (tuple(hidden), tuple(columns))
    written = from_bytes(to_bytes(write_choices(choices, DEFAULTS)))
    assert read_choices(DEFAULTS, written) == choices


def test_settings_are_those_of_the_optimizer_and_shared_ones_stay():
    choices = read_choices(DEFAULTS, {"optimizer": "momentum", "learning_rate": "0.25"})
    assert choices.update.settings == {"learning_rate": 0.25, "momentum": 0.9}
    again = read_choices(choices, {"optimizer": "nesterov"})
    assert again.update.settings == choices.update.settings


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run", "1"),
        ("hidden", "0"),
        ("hidden", ",".join("1" * 12)),
        ("hidden", "129"),
        ("activations", "softmax"),
        ("batch", "0"),
        ("share", "9"),
        ("at", "-2"),
        ("epochs", "0"),
        ("below", "-1"),
        ("goal", "1e9"),
        ("data", "nonsense"),
        ("formula", "x\x00"),
        ("learning_rate", "11"),
        ("overlay", "a,b,c,d,e"),
        ("drawn", ",".join(["1"] * (3 * MOST_DRAWN + 1))),
    ],
)
def test_what_is_out_of_bounds_is_refused_beside_its_field(name, text):
    with pytest.raises(ChoiceError) as error:
        read_choices(DEFAULTS, {name: text})
    assert error.value.at == name


def test_a_run_is_never_typed_and_can_only_be_emptied():
    assert read_choices(DEFAULTS, {"run": ""}).run.history is None


def test_every_default_lies_within_its_bounds():
    plain = Choices()
    assert read_choices(plain, write_choices(DEFAULTS, plain)) == DEFAULTS
