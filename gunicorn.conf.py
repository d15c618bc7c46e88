"""How `make run` serves: two gevent workers, one BLAS thread each, and plain words at the door.

What may be said in the environment stands in backprop/web/settings.py.
"""

import _thread
import errno
import os
import runpy
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import gevent

TABLE = Path(__file__).parent / "backprop" / "web" / "settings.py"
SETTINGS = runpy.run_path(str(TABLE))["read_settings"](os.environ)  # or it ends with a sentence
HOST, PORT = SETTINGS["HOST"], SETTINGS["PORT"]
SHOWN_HOST = f"[{HOST}]" if ":" in HOST else HOST
COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # where its library looks as it is imported
SHARED = Path("/dev/shm")  # memory; a disk that is full would end who counts


def make_folder() -> str:
    """Make the folder in which all workers count; one that takes over goes on with it."""
    if not (folder := os.environ.get(COUNTS)):
        memory = SHARED if os.access(SHARED, os.W_OK) else None
        folder = tempfile.mkdtemp(prefix="backprop-counts-", dir=memory)
    elif not os.environ.get("GUNICORN_PID"):  # what a server before this one counted is not its own
        forget_counts(folder)
    return folder


def forget_counts(folder: str) -> None:
    """Remove what was counted."""
    for file in Path(folder).glob("*.db"):
        file.unlink(missing_ok=True)


if SETTINGS["METRICS"]:
    os.environ[COUNTS] = make_folder()

bind = f"{SHOWN_HOST}:{PORT}"
workers = 2
worker_class = "gevent"  # a classroom's open event streams cost a greenlet each, not a thread
keepalive = 30  # seconds: whoever reads for a moment need not connect again
limit_request_line = 8190  # the most there is; what is longer, gunicorn refuses in its own words
loglevel = "warning"
secure_scheme_headers: dict[str, str] = {}  # TRUSTED_PROXIES alone says whose headers are believed
forwarder_headers = ""  # no header says where the pages are mounted: URL_PREFIX does
no_control_socket = True  # nothing is left in the home folder
# Two workers on a few cores: more BLAS threads than that only wait for one another.
raw_env = [f"{name}_NUM_THREADS=1" for name in ("OMP", "OPENBLAS", "MKL")]


def on_starting(server: Any) -> None:
    """Refuse in one line what gunicorn would retry for five seconds and then trace back."""
    if os.environ.get("SCRIPT_NAME"):
        refuse("SCRIPT_NAME is set; here a path is said so: URL_PREFIX=/backprop")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            HOST, PORT, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        refuse(reason(error))
    server.lifeline = os.pipe()  # its end for writing closes when this process ends, in any way


def post_fork(server: Any, worker: Any) -> None:
    """Let no worker outlive its parent, were that killed: an orphan would hold the port.

    gunicorn itself asks once a second whether the parent is there, after all is imported. A thread
    of the system needs neither its turn nor an event loop that is free. And until gunicorn hears
    the parent's signals, the system does, so that Ctrl-C ends a worker that has only begun.
    """
    for number in (signal.SIGTERM, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    reading, writing = server.lifeline
    os.close(writing)
    _thread.start_new_thread(end_with_parent, (reading,))


def end_with_parent(lifeline: int) -> None:
    """Wait until the parent has ended; then end at once."""
    os.read(lifeline, 1)
    os._exit(0)


def when_ready(server: Any) -> None:
    """Say where the pages are, now that the socket listens."""
    print(f"backprop, slowly is at http://{SHOWN_HOST}:{PORT}", flush=True)


def child_exit(server: Any, worker: Any) -> None:
    """Keep what a worker counted that has ended, but for what it had: that is gone with it."""
    if SETTINGS["METRICS"]:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    """Forget what was counted, unless another server goes on with it."""
    if SETTINGS["METRICS"] and not (server.reexec_pid or server.master_pid):
        forget_counts(os.environ[COUNTS])
        with suppress(OSError):
            Path(os.environ[COUNTS]).rmdir()


def post_worker_init(worker: Any) -> None:
    """Let a worker end at once when its parent says so, and only then; prepare its store.

    A terminal's Ctrl-C reaches workers and parent, so each worker would be told twice, and gevent
    prints a traceback for the second. Open event streams would delay a gentler end, and no state
    is lost: the store is all there is, and its transactions survive this.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGQUIT, lambda number, frame: os._exit(0))
    gevent.spawn(worker.wsgi.extensions["store"].prepare)  # who comes meanwhile need not wait


def reason(error: OSError) -> str:
    """Return why the address cannot be used, and what to do."""
    if error.errno == errno.EADDRINUSE:
        other = PORT + 1 if PORT < 65535 else 8000
        return f"Port {PORT} is in use. Choose another: PORT={other} make run"
    if error.errno == errno.EACCES:
        return f"Port {PORT} needs special rights. Choose another: PORT=8000 make run"
    return f"HOST is “{HOST}”; this machine has no such address. Try: HOST=127.0.0.1 make run"


def refuse(sentence: str) -> NoReturn:
    """Print one sentence and stop, without a traceback."""
    print(sentence, file=sys.stderr)
    sys.exit(1)
