"""`create_app()` makes the web application. Configuration, and nothing else.

In a checkout its templates and static files are the folders beside the package; a wheel has them in
backprop/web/site, and keeps what people store in a folder of the user's own.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from backprop.lessons.catalog import LESSONS, home_board
from backprop.sharing.hub import Hub
from backprop.sharing.rooms import Rooms
from backprop.sharing.store import BODY_LIMIT, Store
from backprop.web import (
    answers,
    api,
    assets,
    body,
    door,
    framed,
    headers,
    limits,
    mount,
    pages,
    problems,
)
from backprop.web.classroom import answered, console, joined
from backprop.web.filters import FILTERS, macro_functions, way_to
from backprop.web.keeping import stored
from backprop.web.operating import commands, health, observed
from backprop.web.pieces import KeptPieces
from backprop.web.settings import read_settings, sources
from backprop.web.templates import LeanEnvironment

CHECKOUT = Path(__file__).parents[2]
SITE = Path(__file__).parent / "site"  # only a wheel has it


class InOurOrder(DefaultJSONProvider):
    """JSON whose keys stand as we said them, and whose letters stay letters."""

    sort_keys = False
    ensure_ascii = False


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Return the application.

    Args:
        settings: those of backprop/web/settings.py; LESSONS and HOME_BOARD (the catalogue's); and
            any setting of Flask's. What is not said here may stand in the environment.

    Raises:
        SettingError: a setting cannot be used; the program ends with a sentence.
    """
    installed = SITE.is_dir()
    app = Flask(
        "app",
        root_path=str(SITE if installed else CHECKOUT),
        static_folder=None,
        instance_path=str(user_folder()) if installed else None,
    )
    app.config |= {
        "MAX_CONTENT_LENGTH": BODY_LIMIT,
        "MAX_FORM_MEMORY_SIZE": BODY_LIMIT,
        "LESSONS": LESSONS,
        "HOME_BOARD": home_board,
    }
    app.config |= settings or {}
    app.config |= read_settings(os.environ | (settings or {}))
    app.extensions["said"] = sources(os.environ, settings or {})
    limit, days = app.config["STORE_LIMIT"], app.config["LEASE_DAYS"]
    app.extensions["store"] = Store(_database(app), limit, lease_days=days)
    app.extensions["hub"] = Hub(Rooms(app.extensions["store"].database))
    app.extensions["readiness"] = health.Readiness(app.extensions["store"])
    app.extensions["protection"] = headers.protection(app.config["EMBED_ORIGINS"])
    app.extensions["limits"] = limits.Limits(
        app.config["RATE_LIMIT"], limit, app.config["WEB_CONCURRENCY"]
    )
    app.extensions["assets"] = assets.Assets(Path(app.root_path) / "static")
    app.jinja_environment = LeanEnvironment
    app.jinja_options = {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": [KeptPieces],
    }
    app.jinja_env.filters |= FILTERS
    app.jinja_env.filters["frame_code"] = framed.frame_code
    app.jinja_env.globals |= macro_functions(app.jinja_env) | {"way_to": way_to}
    app.context_processor(pages.look)
    app.json = InOurOrder(app)
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]  # none is async
    for blueprint in (
        pages.pages,
        joined.classroom,
        answered.answering,
        console.console,
        api.api,
        framed.framed,
        assets.files,
        health.probes,
    ):
        app.register_blueprint(blueprint)
    pages.add_lessons(app, app.config["LESSONS"])
    app.cli.add_command(commands.prune)
    app.cli.add_command(commands.store)
    app.cli.add_command(commands.settings)
    problems.register(app)
    app.request_class = body.TidyRequest
    composed = body.read_whole(app.wsgi_app)
    kept = app.extensions["answers"] = answers.KeptAnswers(composed)
    app.wsgi_app = door.Door(  # type: ignore[method-assign]
        composed,
        kept,
        app.extensions["limits"],
        app.extensions["protection"],
        app.logger.warning if not app.config["TRUSTED_PROXIES"] else None,
    )
    mount.mount(app)
    if proxies := app.config["TRUSTED_PROXIES"]:
        trusted = {"x_for": proxies, "x_proto": proxies, "x_host": proxies}
        app.wsgi_app = ProxyFix(app.wsgi_app, **trusted)  # type: ignore[method-assign]
    observe(app)
    app.before_request(headers.begin)
    app.before_request(observed.note_route)
    app.before_request(door.refuse_asked)
    app.after_request(headers.say_time)  # the last of them, for Flask goes from the end
    app.after_request(headers.compress)
    app.after_request(mount.lead_below)
    app.after_request(stored.send_word)
    app.after_request(stored.visit_opened)
    app.after_request(answers.mark_kept)
    app.after_request(headers.stay_here)
    app.after_request(headers.protect)
    return app


def user_folder() -> Path:
    """Return where an installed app keeps what people store: the system's folder for that."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "~/AppData/Local")).expanduser() / "backprop"
    if sys.platform == "darwin":
        return Path("~/Library/Application Support/backprop").expanduser()
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "backprop"


def observe(app: Flask) -> None:
    """Let whoever runs the server see what is answered, if that is set."""
    watchers: list[observed.Watcher] = []
    more: dict[str, Any] = {"names_come": app.config["TRUSTED_PROXIES"] > 0}
    if app.config["ACCESS_LOG"]:
        watchers.append(observed.write_line)
    if app.config["METRICS"]:
        from backprop.web.operating.metrics import Metrics  # only here is its library needed

        kept, store = app.extensions["answers"], app.extensions["store"]
        metrics = app.extensions["metrics"] = Metrics(store, kept)
        watchers.append(metrics.count)
        more["streams"] = metrics.count_stream
    if watchers:
        app.extensions["observed"] = observed.Observed(app.wsgi_app, watchers, **more)
        app.wsgi_app = app.extensions["observed"]  # type: ignore[method-assign]


def _database(app: Flask) -> str:
    """Return the address of the database; the instance folder is made only when it is needed."""
    if url := app.config["DATABASE_URL"]:
        return str(url)
    folder = Path(app.instance_path)
    with suppress(OSError):  # without the folder the store says that it is away; the pages stay
        folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'snapshots.sqlite'}"
