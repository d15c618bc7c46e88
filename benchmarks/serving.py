"""The application as `make run` serves it: gunicorn's workers, in processes of their own."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATIENCE = 100  # looks at the door, a tenth of a second each


@contextmanager
def gunicorn(checkout: Path = ROOT) -> Iterator[tuple[str, Path]]:
    """Give the address of a checkout's application, running, and the file of its store."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "bench.sqlite"
        settings = {"PORT": str(port), "DATABASE_URL": f"sqlite:///{store}"}
        command = [str(Path(sys.executable).with_name("gunicorn")), "app:create_app()"]
        server = subprocess.Popen(command, cwd=checkout, env=os.environ | settings)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/health")
            yield address, store
        finally:
            server.terminate()
            server.wait()


def _wait_for(address: str) -> None:
    for _ in range(PATIENCE):
        try:
            urllib.request.urlopen(address)
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"{address} does not answer")
