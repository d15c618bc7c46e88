"""A snapshot: one value, one text, one address; and the way back."""

import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from backprop.engine.errors import InputError
from backprop.sharing.snapshot import SnapshotError, address_of, from_bytes, to_bytes

WORDS = ("NaN", "Infinity", "-Infinity", "base64", "dtype", "shape", "'", "'NaN", "''base64", "")
TEXTS = st.text() | st.sampled_from(WORDS)
ARRAYS = arrays(np.float64, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(TEXTS, inner, max_size=4)
    ),
    max_leaves=12,
)

MALFORMED = {
    "empty": b"",
    "cut short": b'{"x":1',
    "not UTF-8": b'"\xff"',
    "another encoding": '"x"'.encode("utf-16"),
    "a space": b'{"x": 1}',
    "a byte order mark": b'\xef\xbb\xbf{"x":1}',
    "unsorted keys": b'{"y":1,"x":2}',
    "a key twice": b'{"x":1,"x":2}',
    "a bare NaN": b"NaN",
    "a number beyond the largest": b"1e999",
    "a second spelling of a number": b"1.00",
    "a second spelling of a letter": b'"\\u0061"',
    "half of a surrogate pair": b'"\\ud800"',
    "more digits than Python reads": b"1" * 5000,
    "deeper than Python reads": b"[" * 100_000,
    "an array without a shape": b'{"base64":"","dtype":"float64"}',
    "an array of another type": b'{"base64":"","dtype":"float32","shape":[0]}',
    "an array with more": b'{"base64":"","dtype":"float64","more":1,"shape":[0]}',
    "an array not in base64": b'{"base64":"?","dtype":"float64","shape":[0]}',
    "an array of a number": b'{"base64":1,"dtype":"float64","shape":[0]}',
    "an array of half a float": b'{"base64":"AAAA","dtype":"float64","shape":[0]}',
    "an array of too few floats": b'{"base64":"AAAAAAAAAAA=","dtype":"float64","shape":[2]}',
    "a shape to be guessed": b'{"base64":"AAAAAAAAAAA=","dtype":"float64","shape":[-1]}',
    "a shape that is no list": b'{"base64":"AAAAAAAAAAA=","dtype":"float64","shape":1}',
    "a shape that is null": b'{"base64":"AAAAAAAAAAA=","dtype":"float64","shape":null}',
    "a shape that is text": b'{"base64":"AAAAAAAAAAA=","dtype":"float64","shape":"1"}',
    "a shape that is true": b'{"base64":"AAAAAAAAAAA=","dtype":"float64","shape":[true]}',
    "a shape of a fraction": b'{"base64":"AAAAAAAAAAA=","dtype":"float64","shape":[1.0]}',
    "a shape beyond all memory": b'{"base64":"","dtype":"float64","shape":[%d]}' % 10**30,
}


def fingerprint(value):
    """Return what two values share exactly when they are the same: types, bits, and order."""
    match value:
        case np.ndarray():
            numbers = tuple(fingerprint(number) for number in value.ravel().tolist())
            return "array", value.shape, numbers
        case float():
            return "float", "NaN" if math.isnan(value) else struct.pack("<d", value)
        case list() | tuple():
            return "sequence", tuple(fingerprint(item) for item in value)
        case dict():
            return "mapping", tuple((key, fingerprint(value[key])) for key in sorted(value))
    return type(value).__name__, value


def shuffled(value):
    """Return the same value with the keys of every mapping in the opposite order."""
    match value:
        case list() | tuple():
            return [shuffled(item) for item in value]
        case dict():
            return {key: shuffled(item) for key, item in reversed(value.items())}
    return value


@given(VALUES)
def test_what_was_written_is_read_again_to_the_last_bit(value):
    assert fingerprint(from_bytes(to_bytes(value))) == fingerprint(value)


@given(VALUES)
def test_the_order_of_keys_does_not_show(value):
    assert to_bytes(shuffled(value)) == to_bytes(value)


@given(VALUES, VALUES)
def test_two_values_have_the_same_text_exactly_when_they_are_the_same(one, other):
    assert (to_bytes(one) == to_bytes(other)) == (fingerprint(one) == fingerprint(other))


@given(VALUES)
def test_every_text_is_standard_json(value):
    def refuse(word):
        raise AssertionError(word)

    json.loads(to_bytes(value), parse_constant=refuse)


@given(st.binary())
def test_bytes_are_read_to_a_value_with_that_text_or_refused(body):
    try:
        value = from_bytes(body)
    except SnapshotError:
        return
    assert to_bytes(value) == body


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": [1, 2.0], "a": (True, None)}, '{"a":[true,null],"b":[1,2.0]}'),
        ({"loss": math.nan, "name": "NaN"}, """{"loss":"NaN","name":"'NaN"}"""),
        ([math.inf, -math.inf, "'Infinity"], """["Infinity","-Infinity","''Infinity"]"""),
        ({"base64": "mine", "NaN": 0}, """{"'base64":"mine","NaN":0}"""),
        ([0.1, -0.0, 5e-324], "[0.1,-0.0,5e-324]"),
        ("σ’s slope", '"σ’s slope"'),
        (np.float64(0.5), "0.5"),
        (np.float64("nan"), '"NaN"'),
        (
            np.array([[1.0], [-2.0]]),
            '{"base64":"AAAAAAAA8D8AAAAAAAAAwA==","dtype":"float64","shape":[2,1]}',
        ),
    ],
)
def test_the_spelling_is_the_documented_one(value, text):
    assert to_bytes(value).decode() == text


def test_an_array_has_one_text_however_it_lies_in_memory():
    array = np.arange(6.0).reshape(2, 3)
    assert to_bytes(np.asfortranarray(array)) == to_bytes(array)
    assert to_bytes(np.repeat(array, 2, axis=1)[:, ::2]) == to_bytes(array)


def test_every_nan_in_an_array_has_the_same_bits():
    negative = np.copysign(np.nan, -1.0)
    assert to_bytes(np.array([negative])) == to_bytes(np.array([np.nan]))


def test_what_is_read_cannot_be_changed():
    value = from_bytes(to_bytes({"W1": np.ones((2, 2)), "sizes": [2, 2]}))
    assert value["sizes"] == (2, 2)
    with pytest.raises(ValueError, match="read-only"):
        value["W1"][0, 0] = 7.0


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_bytes_are_refused(body):
    with pytest.raises(SnapshotError) as caught:
        from_bytes(body)
    assert caught.value.what == "This snapshot cannot be read."
    assert caught.value.hint


def test_text_that_is_not_unicode_is_refused_with_a_sentence():
    with pytest.raises(InputError, match="holds half of a character"):
        to_bytes({"name": "\ud800"})


@pytest.mark.parametrize("value", [{1, 2}, b"raw", 1j, np.ones(2, dtype=np.float32), {1: "one"}])
def test_a_value_of_another_kind_is_a_mistake_of_the_programmer(value):
    with pytest.raises(AssertionError, match="snapshot"):
        to_bytes([value])


def test_the_address_is_the_sha_256_of_the_bytes():
    # the example “abc” of FIPS 180-2, appendix B.1
    assert address_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
