"""Processes of the system, as tests find, freeze and end them."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Holds what some statements lock in a database, until its input ends.
HOLDER = """
import sys
import sqlalchemy as sql
engine = sql.create_engine(sys.argv[1])
with engine.connect() as connection:
    for statement in sys.argv[2:]:
        connection.exec_driver_sql(statement)
    print("held", flush=True)
    sys.stdin.readline()
    connection.rollback()
"""


def children(parent: int) -> list[int]:
    """Return the processes that a process has made and that are still there, the oldest first."""
    listing = ["ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "stat="]
    listed = subprocess.run(listing, capture_output=True, check=True, text=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return sorted(int(pid) for pid, of, state in rows if int(of) == parent and state[0] != "Z")


@contextmanager
def frozen(parent: int) -> Iterator[None]:
    """Let a process and its children do nothing for a while."""
    processes = [parent]
    try:
        _tell(parent, signal.SIGSTOP)  # it makes no more children from now on
        processes += children(parent)
        for process in processes[1:]:
            _tell(process, signal.SIGSTOP)
        yield
    finally:
        for process in processes:
            _tell(process, signal.SIGCONT)


def _tell(process: int, number: int) -> None:
    """Send a signal to a process, if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(process, number)
