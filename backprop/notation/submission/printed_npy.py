"""Arrays in .npy and .npz files, read byte by byte; nothing that is pickled is ever loaded.

A .npy file is a header, such as {'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }, and
the numbers; an .npz file is a zip of them. How much a file unpacks to is known before it is read.

Source: NumPy enhancement proposal 1, “A simple file format for NumPy arrays”.
"""

import io
import math
import re
import struct
import zipfile
import zlib
from typing import NoReturn

import numpy as np

from backprop.engine.differences.precision import Written
from backprop.engine.errors import InputError, LimitError
from backprop.notation.submission.foreign import refuse_zip
from backprop.notation.submission.place import MOST_ARRAYS, MOST_BYTES, Array, PrintedError, quoted
from backprop.notation.submission.printed_text import PrintedArray

MAGIC = b"\x93NUMPY"
ZIP = b"PK"
MOST_AXES = 2

_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what NumPy writes
_DAMAGED = (  # what zipfile says of bytes that are no zip, or half of one
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, LookupError, OverflowError, RuntimeError),
)
_HEADER = re.compile(
    r"\{\s*'descr':\s*(?P<descr>'[^']*'|\[.*\]),\s*'fortran_order':\s*(?P<fortran>True|False),"
    r"\s*'shape':\s*\((?P<shape>(?:[0-9]{1,9}(?:, ?[0-9]{1,9})*,?)?)\),?\s*\}\s*",
    re.DOTALL,
)
_NUMBERS = re.compile(r"[<>|=]?(?:f[248]|[iu][1248])")


def npz_arrays(data: bytes) -> list[PrintedArray]:
    """Return the arrays of an .npz file by their names.

    Raises:
        LimitError: it unpacks to more than 1 MiB, or holds more than 200 arrays.
        PrintedError: it is damaged, or an array holds something else than numbers.
    """
    try:
        bodies = _unpacked(data)
    except InputError:
        raise
    except _DAMAGED:
        raise PrintedError(
            "This .npz file cannot be unpacked.",
            hint="Write it again with np.savez(file, W1=W1, dW1=dW1).",
        ) from None
    return [npy_array(body, name.removesuffix(".npy")) for name, body in bodies]


def _unpacked(data: bytes) -> list[tuple[str, bytes]]:
    """Return the members of a zip by name, unless they declare to be too much."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        refuse_zip([member.filename for member in members])
        if len(members) > MOST_ARRAYS:
            hint = f"At most {MOST_ARRAYS} are read."
            raise LimitError(f"The file holds {len(members):,} arrays.", hint=hint)
        size = sum(member.file_size for member in members)
        if size > MOST_BYTES:
            hint = f"At most {MOST_BYTES:,} (1 MiB) are possible."
            raise LimitError(f"The file unpacks to {size:,} bytes.", hint=hint)
        if any(member.compress_type not in _PACKINGS for member in members):
            raise zipfile.BadZipFile
        files = []
        for member in members:
            with archive.open(member) as stream:  # gives no more than the size that is declared
                files.append((member.filename, stream.read(member.file_size)))
        return files


def npy_array(data: bytes, name: str = "") -> PrintedArray:
    """Return the array of a .npy file.

    Raises:
        PrintedError: it is damaged, or holds something else than numbers.
    """
    label = quoted(name) if name else "The array"
    if data[:6] != MAGIC or len(data) < 10 or data[6] not in (1, 2, 3):
        _damaged(label)
    length_bytes = 2 if data[6] == 1 else 4
    start = 8 + length_bytes
    end = start + int.from_bytes(data[8:start], "little")
    header = _HEADER.fullmatch(data[start:end].decode("latin-1")) if end - start < 10_000 else None
    if not header:
        _damaged(label)
    descr = header["descr"].strip("'")
    if not _NUMBERS.fullmatch(descr):
        _refuse(label, descr)
    shape = tuple(int(word) for word in header["shape"].split(",") if word.strip())
    if len(shape) > MOST_AXES:
        hint = f"At most {MOST_AXES} are possible: rows and columns."
        raise PrintedError(f"{label} has {len(shape)} axes.", hint=hint, at=name)
    dtype = np.dtype(descr)
    if math.prod(shape) * dtype.itemsize != len(data) - end:
        _damaged(label)
    flat: Array = np.frombuffer(data[end:], dtype).astype(float)
    by_columns = header["fortran"] == "True"
    array = flat.reshape(shape[::-1]).T if by_columns else flat.reshape(shape)
    return PrintedArray(name, array, 0, Written(kind=dtype.name))


def _damaged(label: str) -> NoReturn:
    raise PrintedError(
        f"{label} cannot be read: the .npy file is damaged, or is none.",
        hint="Write it again with np.savez(file, W1=W1, dW1=dW1).",
    )


def _refuse(label: str, descr: str) -> NoReturn:
    if descr.endswith("O"):
        raise PrintedError(
            f"{label} holds Python objects, which a file can only keep pickled; pickled content "
            "can run programs, so it is not loaded.",
            hint="Save arrays of numbers, each under its name: np.savez(file, W1=W1, b1=b1).",
        )
    raise PrintedError(
        f"{label} holds “{descr[:40]}”, which are not plain numbers.",
        hint="Save arrays of float64: np.savez(file, W1=W1.astype(float)).",
    )
