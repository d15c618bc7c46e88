"""Processes of the system, as tests find, freeze and end them."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


def children(parent: int) -> list[int]:
    """Return the processes that a process has made and that are still there, the oldest first."""
    listing = ["ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "stat="]
    listed = subprocess.run(listing, capture_output=True, check=True, text=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return sorted(int(pid) for pid, of, state in rows if int(of) == parent and state[0] != "Z")


@contextmanager
def frozen(parent: int) -> Iterator[None]:
    """Let a process and its children do nothing for a while."""
    os.kill(parent, signal.SIGSTOP)  # it makes no more children from now on
    processes = [parent, *children(parent)]
    for process in processes[1:]:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)
