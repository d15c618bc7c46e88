"""The server of `make run`, as a process that tests start, kill and start again."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.kit.processes import children

ROOT = Path(__file__).parents[2]
GUNICORN = Path(sys.executable).with_name("gunicorn")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A server in processes of its own, on a free port, which stays the same.

    Args:
        environment: what is said beside the environment of the tests: DATABASE_URL and the like.
        arguments: of gunicorn, beside gunicorn.conf.py; the last names the application.
    """

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.port = free_port()
        self.arguments = arguments or ("app:create_app()",)
        self.environment = {**os.environ, "PORT": str(self.port), "HOST": "127.0.0.1"}
        self.environment |= environment
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)  # it is started often
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, and return when it listens."""
        self.process = subprocess.Popen(
            [GUNICORN, *self.arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout
        said = []
        while line := self.process.stdout.readline():
            said.append(line)
            if "is at http" in line:
                return
        self._wait()
        raise AssertionError("".join(said))

    def workers(self) -> list[int]:
        """Return the processes that answer."""
        assert self.process
        return children(self.process.pid)

    def kill(self) -> None:
        """Kill the parent of the workers, and return when it is gone."""
        assert self.process
        self.process.kill()
        self._wait()

    def stop(self) -> None:
        """End it as a terminal does, if it has not ended."""
        if self.process:
            self.process.send_signal(signal.SIGINT)
            self._wait()

    def _wait(self) -> None:
        assert self.process
        assert self.process.stdout
        self.process.wait()
        self.process.stdout.close()
