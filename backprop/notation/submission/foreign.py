"""Files that hold neither text nor arrays of NumPy, known by their first bytes; what to do instead.

None of them is ever opened: a pickle runs what it holds, and the others need readers of their own.
"""

from types import MappingProxyType
from typing import NoReturn

from backprop.notation.submission.place import PrintedError

SAVE = "np.savez('mine.npz', W1=W1, b1=b1, dW1=dW1, db1=db1)"
_TORCH = (
    "In PyTorch: np.savez('mine.npz', **{n: p.detach().numpy() for n, p in "
    "net.named_parameters()}, **{n + '.grad': p.grad.numpy() for n, p in net.named_parameters()}, "
    "X=X, Y=Y)"
)
_PASTE = f"Paste what your code prints, or save arrays of numbers: {SAVE}."
_ARRAYS = f"Load it where it was made, and save its arrays with NumPy: {SAVE}."

_SHEET = "Save the sheet as CSV, or paste its numbers."

FIRST_BYTES = MappingProxyType(  # → what it is, and what to do instead
    {
        b"\x89HDF": ("an HDF5 file, as Keras and h5py write", _ARRAYS),
        b"\x89PNG": ("a picture (PNG)", "Copy the numbers as text: a picture is not read."),
        b"\xff\xd8\xff": ("a picture (JPEG)", "Copy the numbers as text: a picture is not read."),
        b"GIF8": ("a picture (GIF)", "Copy the numbers as text: a picture is not read."),
        b"%PDF": ("a PDF", "Copy the numbers out of it, and paste them as text."),
        b"\x1f\x8b": ("packed with gzip", "Unpack it first (gunzip), or save with np.savez."),
        b"BZh91AY&SY": ("packed with bzip2", "Unpack it first (bunzip2), or save with np.savez."),
        b"\xfd7zXZ": ("packed with xz", "Unpack it first (unxz), or save with np.savez."),
        b"7z\xbc\xaf": ("a 7z archive", "Unpack it first, or save with np.savez."),
        b"MATLAB 5.0 MAT-file": (
            "a file of MATLAB",
            "In MATLAB: disp each array under its name, and paste that.",
        ),
        b"RDX3\n": (
            "a file of R",
            "In R: print(list(W1 = W1, dW1 = dW1), digits = 10); paste that.",
        ),
        b"\xd0\xcf\x11\xe0": ("an old Office file", _SHEET),
        b"PAR1\x15": ("a Parquet file", f"Save its columns as arrays: {SAVE}."),
        b"\x80": ("a pickle, which can run programs, so it is not opened", _ARRAYS),
    }
)
_IN_ZIP = (  # the end of a member's name → what the zip is, and what to do instead
    (
        "data.pkl",
        "a file of PyTorch (.pt, .pth), which holds a pickle; a pickle can run programs, so it is "
        "not opened",
        _TORCH,
    ),
    ("[Content_Types].xml", "a file of Excel or Word", _SHEET),
    ("mimetype", "a file of an office program", _SHEET),
    (".weights.h5", "a model of Keras", _ARRAYS),
)


def refuse_foreign(data: bytes) -> None:
    """Refuse a file that is known to be something else.

    Raises:
        PrintedError: it is; says what it is, and what to bring instead.
    """
    for begin, (what, hint) in FIRST_BYTES.items():
        if data.startswith(begin):
            _refuse(what, hint)
    if data[8:10] == b'{"' and int.from_bytes(data[:8], "little") < len(data):
        _refuse("a file of safetensors", _ARRAYS)


def refuse_zip(members: list[str]) -> None:
    """Refuse a zip whose members are no arrays of NumPy.

    Raises:
        PrintedError: they are not; says what it is, and what to bring instead.
    """
    for end, what, hint in _IN_ZIP:
        if any(name.endswith(end) for name in members):
            _refuse(what, hint)
    if members and not any(name.endswith(".npy") for name in members):
        _refuse("a zip without arrays of NumPy", _PASTE)


def _refuse(what: str, hint: str) -> NoReturn:
    raise PrintedError(f"This is {what}.", hint=hint)
