"""How `make run` serves: gevent workers of one parent, and plain words at the door.

What may be said in the environment stands in backprop/web/settings.py; how a worker answers, in
backprop/web/worker.py. gunicorn calls what is defined here, about in this order.
"""

import errno
import gc
import os
import resource
import runpy
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import gevent
from gevent import monkey
from gunicorn.systemd import sd_notify

HERE = Path(__file__).parent  # of a checkout; a wheel has this file in backprop/web/site
TABLE = HERE / "backprop" / "web" / "settings.py"
TABLE = TABLE if TABLE.is_file() else HERE.parent / "settings.py"
SETTINGS = runpy.run_path(str(TABLE))["read_settings"](os.environ)  # or it ends with a sentence
HOST, PORT = SETTINGS["HOST"], SETTINGS["PORT"]
SHOWN_HOST = f"[{HOST}]" if ":" in HOST else HOST
COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # where its library looks as it is imported
OURS = "backprop-counts-"
SHARED = Path("/dev/shm")  # memory; a disk that is full would end who counts


def make_folder() -> str:
    """Make the folder in which all workers count; whoever runs the server may have named one."""
    if named := os.environ.get(COUNTS):
        Path(named).mkdir(parents=True, exist_ok=True)
        return named
    return tempfile.mkdtemp(prefix=OURS, dir=SHARED if os.access(SHARED, os.W_OK) else None)


def forget_counts(folder: str) -> None:
    """Remove what was counted."""
    for file in Path(folder).glob("*.db"):
        file.unlink(missing_ok=True)


def forget_folder() -> None:
    """Remove the folder that was made to count in, unless this server took it over."""
    folder = Path(os.environ.get(COUNTS, ""))
    if SETTINGS["METRICS"] and "GUNICORN_PID" not in os.environ and folder.name.startswith(OURS):
        forget_counts(str(folder))
        folder.rmdir()


def leave_early(number: int, frame: Any) -> None:
    """End by a signal without a traceback: gunicorn does not hear any before all is loaded."""
    forget_folder()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


if SETTINGS["METRICS"]:
    os.environ[COUNTS] = make_folder()
for each in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
    if signal.getsignal(each) in (signal.SIG_DFL, signal.default_int_handler):  # not after a HUP
        signal.signal(each, leave_early)

# The application is loaded here, in the parent, and modules make locks as they are imported: a
# system's lock would halt all green threads of a worker, so gevent's come before. But what the
# parent itself waits with stays the system's. Else it would run an event loop, across which no
# process can be forked safely, and gevent would take the signals that say that a worker has ended.
monkey.patch_all(os=False, signal=False, time=False, queue=False)

# As many processes as cores: more BLAS threads than that only wait for one another, and no thread
# may run where a process is forked. NumPy reads this as it is imported.
os.environ |= {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}

from backprop.web import worker as serving  # noqa: E402

CONNECTIONS = 10_000  # of a worker: a class's event streams, and thousands that say nothing
OTHER_FILES = 200  # that a worker may have open beside: the store's, its parent's


def descriptors() -> int:
    """Let this process have as many descriptors as it wants, or may; return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + OTHER_FILES
    if soft < wanted:
        with suppress(ValueError, OSError):  # some systems give fewer than they say
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


bind = f"{SHOWN_HOST}:{PORT}"
workers = SETTINGS["WEB_CONCURRENCY"]
worker_class = serving.Worker
worker_connections = max(min(CONNECTIONS, descriptors() - OTHER_FILES), 1)
backlog = 4_096  # connections that wait until a worker takes them: as many as Linux allows
keepalive = 30  # seconds: whoever reads for a moment need not connect again
graceful_timeout = 30  # seconds that a worker which ends has for what is under way
limit_request_line = 8190  # the most there is
loglevel = "warning"
secure_scheme_headers: dict[str, str] = {}  # TRUSTED_PROXIES alone says whose headers are believed
forwarder_headers = ""  # no header says where the pages are mounted: URL_PREFIX does
control_socket_disable = True  # it is a file at home, and a thread where processes are forked


def on_starting(server: Any) -> None:
    """Check what only a start can tell, and load; forget what was begun where that fails."""
    try:
        begin(server)
    except BaseException:
        forget_folder()
        raise


def begin(server: Any) -> None:
    """Refuse in one line what gunicorn would retry for five seconds and then trace back; load.

    A server that takes over from another has its socket, and its time: the other still answers.
    """
    if os.environ.get("SCRIPT_NAME"):
        refuse("SCRIPT_NAME is set; here a path is said so: URL_PREFIX=/backprop")
    if not server.master_pid and "LISTEN_FDS" not in os.environ:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                HOST, PORT, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            refuse(reason(error))
    if worker_connections < CONNECTIONS:
        print(
            f"A worker can have {worker_connections:,} connections, not {CONNECTIONS:,}: it may "
            f"open {descriptors():,} files. {CONNECTIONS + OTHER_FILES:,} are enough (ulimit -n).",
            file=sys.stderr,
        )
    if SETTINGS["METRICS"] and not server.master_pid:  # what another counted before is not its own
        forget_counts(os.environ[COUNTS])
    application = server.app.wsgi()
    server.is_warm = not serving.can_be_warmed(application)
    if server.master_pid and not server.is_warm:
        serving.warm(application)
        server.is_warm = True
    server.lifeline = os.pipe()  # its end for writing closes when this process ends, in any way


def when_ready(server: Any) -> None:
    """Say where the pages are, now that the socket listens.

    The first workers answer at once. Then their parent makes itself ready, which takes about as
    long as it took to start, and changes them for others that have this from it. (To gunicorn that
    is as if somebody asked for so many workers more, and then for as many less.)
    """
    print(f"backprop, slowly is at http://{SHOWN_HOST}:{PORT}", flush=True)
    sd_notify(f"MAINPID={os.getpid()}", server.log)
    if not server.is_warm:
        watch_for_the_end(server)
        for number in (signal.SIGTTIN, signal.SIGTTOU):
            for _ in range(server.num_workers):
                server.SIG_QUEUE.put(number)


def watch_for_the_end(server: Any) -> None:
    """Let a signal that ends the server be heard while it makes itself ready, and before."""
    server.is_ending = server.is_warming = False

    def hear(number: int, frame: Any) -> None:
        server.signal(number, frame)
        server.is_ending = True
        if server.is_warming:
            raise KeyboardInterrupt  # upon which gunicorn reads what it was signalled, and ends

    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, hear)


def nworkers_changed(server: Any, new: int, old: int | None) -> None:
    """Make this process ready before it has more workers."""
    if old is None or new <= old or server.is_warm or server.is_ending:
        return
    server.is_warming = True
    serving.warm(server.app.wsgi())
    server.is_warming, server.is_warm = False, True


def pre_fork(server: Any, worker: Any) -> None:
    """Leave what the parent has made where it is: looking for garbage would copy it.

    The last of the first workers learns whom this server replaces.
    """
    gc.freeze()
    is_last = worker.age == server.num_workers
    is_there = os.getppid() == server.master_pid  # the one before may have ended meanwhile
    worker.replaces = server.master_pid if is_last and is_there else 0


def post_fork(server: Any, worker: Any) -> None:
    """Let no worker outlive its parent, were that killed: an orphan would hold the port.

    gunicorn itself asks once a second whether the parent is there. A thread of the system needs
    neither its turn nor an event loop that is free. And Ctrl-C ends a worker that has only begun,
    before gunicorn hears its parent's signals.
    """
    for number in (signal.SIGTERM, signal.SIGQUIT):
        signal.signal(number, serving.leave)
    reading, writing = server.lifeline
    os.close(writing)
    # The name in `_thread` is gevent's by now, whose green threads cannot wait for a pipe.
    monkey.get_original("_thread", "start_new_thread")(end_with_parent, (reading,))


def end_with_parent(lifeline: int) -> None:
    """Wait until the parent has ended; then end at once."""
    os.read(lifeline, 1)
    os._exit(0)


def child_exit(server: Any, worker: Any) -> None:
    """Keep what a worker counted that has ended, but for what it had: that is gone with it."""
    if SETTINGS["METRICS"]:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    """Forget what was counted, unless another server goes on with it."""
    if SETTINGS["METRICS"] and not (server.reexec_pid or server.master_pid):
        forget_counts(os.environ[COUNTS])
        forget_folder()


def post_worker_init(worker: Any) -> None:
    """Prepare its store; the last of a server that takes over tells the one before to go."""
    gevent.spawn(worker.app.wsgi().extensions["store"].prepare)  # who comes meanwhile need not wait
    if worker.replaces:
        with suppress(ProcessLookupError):
            os.kill(worker.replaces, signal.SIGTERM)


def pre_exec(server: Any) -> None:
    """Hand over what was counted; refuse where the system ends with the one that hands over."""
    if server.pid == 1:
        refuse("The first process of a container cannot be replaced: start another container.")
    if SETTINGS["METRICS"]:
        server.cfg.env_orig[COUNTS] = os.environ[COUNTS]


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
