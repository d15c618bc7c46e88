"""`backprop serve`: the whole app of an installed package, without a checkout and without a net."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from backprop.engine.errors import InputError

APPLICATION = "backprop.web.application:create_app()"
NEEDS = ("flask", "plotly", "sympy", "sqlalchemy", "alembic", "segno", "isal", "scipy")
EXTRA = "pip install 'backprop-slowly[app]'"


def serve(words: Sequence[str]) -> int:
    """Serve until Ctrl-C; return the exit status.

    Settings stand in the environment, as for `make run`: HOST, PORT, DATABASE_URL and others.

    Raises:
        InputError: a library of the app is missing, or a setting cannot be used.
    """
    parser = argparse.ArgumentParser(
        prog="backprop serve",
        description="Serve the app on this machine, with all its lessons; nothing is fetched.",
    )
    parser.add_argument("--port", help="where; default 8000, or PORT")
    parser.add_argument("--host", help="who may come: 127.0.0.1 this machine alone, 0.0.0.0 all")
    options = parser.parse_args(words)
    missing = [name for name in NEEDS if find_spec(name) is None]
    if missing:
        raise InputError(f"The app needs {', '.join(missing)}.", hint=f"Install it: {EXTRA}.")
    os.environ |= {k: v for k, v in (("PORT", options.port), ("HOST", options.host)) if v}
    _serve_plainly() if find_spec("gunicorn") is None else _become_gunicorn()
    return 0


def _become_gunicorn() -> None:
    folder = Path(__file__).parents[1] / "site"
    folder = folder if folder.is_dir() else Path(__file__).parents[3]
    command = [sys.executable, "-m", "gunicorn", "-c", str(folder / "gunicorn.conf.py")]
    sys.stdout.flush()
    os.execv(sys.executable, [*command, APPLICATION])


def _serve_plainly() -> None:
    """Serve by threads of one process, where gunicorn is not: on Windows."""
    from werkzeug.serving import run_simple

    from backprop.web.application import create_app
    from backprop.web.settings import read_settings

    settings = read_settings(os.environ)
    host, port = settings["HOST"], settings["PORT"]
    print(f"backprop, slowly is at http://{host}:{port}", flush=True)
    run_simple(host, port, create_app(), threaded=True)
