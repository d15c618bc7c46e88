"""Arrays from .npz and .npy files, and what is never loaded from them."""

import io
import pickle
import zipfile

import numpy as np
import pytest

from backprop.engine.errors import InputError, LimitError
from backprop.notation.submission.printed import read_arrays
from backprop.notation.submission.printed_npy import npy_array, npz_arrays


class Bomb:
    def __reduce__(self):
        return pytest.fail, ("what was pickled has run",)


def packed(save=np.savez, **arrays):
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


def zipped(**kwargs):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **kwargs) as archive:
        archive.writestr("W1.npy", npy([1.0]))
    return file.getvalue()


def npy(array, **kwargs):
    file = io.BytesIO()
    np.save(file, array, **kwargs)
    return file.getvalue()


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("dtype", ["<f8", ">f4", "f2", "i8", "u1"])
@pytest.mark.parametrize("order", "CF")
def test_arrays_of_numbers_are_read_from_npz(save, dtype, order):
    array = np.arange(6).reshape(2, 3).astype(dtype, order=order)
    arrays = read_arrays(packed(save, W1=array, b1=np.array(3.0), **{"0.weight": array[:0]}))
    assert arrays["W1"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert arrays["W1"].dtype == np.float64
    assert (arrays["b1"].tolist(), arrays["0.weight"].shape) == (3, (0, 3))


def test_a_single_npy_file_has_no_name():
    assert {k: v.tolist() for k, v in read_arrays(npy([1.5])).items()} == {"array 1": [1.5]}


def test_an_array_of_objects_is_refused_by_name_and_never_loaded():
    with pytest.raises(InputError, match="“W1” holds Python objects") as caught:
        read_arrays(packed(W1=np.array([Bomb()], dtype=object)))
    assert "np.savez(file, W1=W1, b1=b1)" in caught.value.hint
    with pytest.raises(InputError, match="The array holds Python objects"):
        read_arrays(npy(np.array([Bomb()], dtype=object)))
    with pytest.raises(InputError, match="This is a pickle"):
        read_arrays(pickle.dumps([Bomb()], protocol=4))


@pytest.mark.parametrize("array", [np.array(["a"]), np.zeros(1, dtype="f8,i4"), np.array([1j])])
def test_what_is_not_a_number_is_refused(array):
    with pytest.raises(InputError, match=r"“W1” holds “.*”, which are not plain numbers"):
        read_arrays(packed(W1=array))


def test_a_zip_that_unpacks_to_more_than_a_mebibyte_is_not_unpacked():
    given = packed(np.savez_compressed, W1=np.zeros((1000, 1000)))
    assert len(given) < 20_000
    with pytest.raises(LimitError, match="The file unpacks to 8,000,128 bytes"):
        read_arrays(given)


def test_a_zip_that_lies_about_its_size_gives_no_more_than_it_says():
    given = packed(np.savez_compressed, W1=np.zeros((1000, 1000)))
    size = (8_000_128).to_bytes(4, "little")
    assert size in given
    with pytest.raises(InputError, match=r"damaged|cannot be unpacked"):
        read_arrays(given.replace(size, (400).to_bytes(4, "little")))


def test_more_than_200_arrays_are_refused():
    with pytest.raises(LimitError, match="The file holds 201 arrays"):
        read_arrays(packed(**{f"n{i}": np.zeros(1) for i in range(201)}))


def test_more_than_two_axes_are_refused():
    with pytest.raises(InputError, match="“W1” has 3 axes"):
        read_arrays(packed(W1=np.zeros((1, 1, 1))))


def test_a_file_cut_off_or_changed_anywhere_is_refused_or_read():
    given = packed(W1=np.arange(4.0).reshape(2, 2))
    for end in range(0, len(given), 7):
        with pytest.raises(InputError):
            npz_arrays(given[:end])
    for at in range(len(given)):
        try:
            npz_arrays(given[:at] + bytes([given[at] ^ 0x55]) + given[at + 1 :])
        except InputError:
            continue


def test_other_packings_than_numpys_are_refused():
    assert npz_arrays(zipped())[0].values.tolist() == [1]
    with pytest.raises(InputError, match="cannot be unpacked"):
        npz_arrays(zipped(compression=zipfile.ZIP_BZIP2))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:8],
        lambda data: data[:6] + b"\x09" + data[7:],
        lambda data: data.replace(b"(2,)", b"(9,)"),
        lambda data: data.replace(b"'shape'", b"'shade'"),
        lambda data: data[:-1],
        lambda data: data[:8] + b"\xff\xff" + data[10:] + bytes(70_000),
    ],
)
def test_a_damaged_npy_file_is_refused(change):
    with pytest.raises(InputError, match=r"the \.npy file is damaged"):
        npy_array(change(npy([1.0, 2.0])))


def test_the_newer_headers_are_read():
    old = npy([1.0])
    length = int.from_bytes(old[8:10], "little")
    new = old[:6] + b"\x02\x00" + length.to_bytes(4, "little") + old[10:]
    assert npy_array(new).values.tolist() == [1]
