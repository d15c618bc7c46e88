"""Disks that take no more, and such that can only be read."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FILLER = "filler"


@contextmanager
def short_files(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes: a disk that is full, for anybody."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def small_disk(folder: Path, size: int, owner: int = 0) -> Iterator[bool]:
    """Put a disk of so many bytes at a folder; give whether this system lets us do that."""
    folder.mkdir(exist_ok=True)
    options = f"size={size},mode=0700,uid={owner}"
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    mounted = shutil.which("mount") is not None and os.geteuid() == 0
    mounted = mounted and not subprocess.run(command, capture_output=True).returncode
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Leave no byte free on a small disk for a while."""
    filler = folder / FILLER
    with filler.open("wb", buffering=0) as opened, suppress(OSError):
        for size in (2**16, 2**12, 1):
            with suppress(OSError):
                while opened.write(bytes(size)):
                    pass
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write to a small disk for a while, not even root."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
