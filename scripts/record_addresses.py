"""Record what the addresses of a version show, for tests/web/test_addresses.py.

    python scripts/record_addresses.py 0.2.0

reads tests/reference/addresses/0.2.0.txt and writes 0.2.0.json beside it, once: a file that stands
is never written again, for it says what addresses meant when they were made. A line of the list is
an address. Other forms send the form of a page, and name the state it leads to:

    moved = /train?size=20 > do=step      and the same form must lead to the same numbers later
    long = $moved >> do=epoch             how far it comes depends on a clock
    $long&step=3                          an address from a named state on
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from flask.testing import FlaskClient  # noqa: E402

from app import create_app  # noqa: E402

FOLDER = ROOT / "tests" / "reference" / "addresses"
NOISE = {  # what rounding decides, and the processor with it
    *("numeric", "central", "relative", "absolute", "apart", "error", "best_h"),
    *("nudge", "check", "tried", "exhibit", "slope"),
}


def main() -> None:
    """Write the reference of the version that the command line names."""
    version = sys.argv[1]
    target = FOLDER / f"{version}.json"
    if target.exists():
        sys.exit(f"{target.name} stands; the addresses of a version are recorded once.")
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATABASE_URL": f"sqlite:///{folder}/store.sqlite"})
        put = _watch(app.extensions["store"])
        lines = (FOLDER / f"{version}.txt").read_text().splitlines()
        lists = "".join(path.read_text() for path in FOLDER.glob("*.txt"))
        new = [each.path for each in app.config["LESSONS"] if each.path not in lists]
        if new:
            sys.exit(f"No list has an address of {', '.join(new)}.")
        states = [_record(app.test_client(), *line) for line in _read(app.test_client(), lines)]
        app.extensions["store"].close()
    bodies = [body.decode() for body in dict.fromkeys(put)]
    text = json.dumps({"bodies": bodies, "states": states}, ensure_ascii=False, indent=0)
    target.write_text(text + "\n")
    print(f"{len(states)} addresses, {len(bodies)} bodies, {len(text):,} letters")


def _watch(store: Any) -> list[bytes]:
    """Return a list to which everything is added that is put into a store from now on."""
    put, put_all = [], store.put_all

    def listen(bodies: Any, **manner: Any) -> Any:
        found = tuple(bodies)
        put.extend((*found, *manner.get("brought", ())))
        return put_all(found, **manner)

    store.put_all = listen
    return put


def _read(client: FlaskClient, lines: list[str]) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Yield each address, the address from which a form leads there, and the form."""
    names: dict[str, str] = {}
    for line in lines:
        if not line or line.startswith("#"):
            continue
        name, equals, rest = line.partition(" = ")
        if not equals:
            yield _named(line, names), "", {}
            continue
        start, sign, form = rest.partition(" >> " if " >> " in rest else " > ")
        start, pairs = _named(start, names), dict(parse_qsl(form.replace("\\n", "\n")))
        parts = urlsplit(start)
        answer = client.post(parts.path, data=dict(parse_qsl(parts.query)) | pairs)
        assert answer.status_code == 303, f"{line}: {answer.status}"
        names[name] = answer.headers["Location"]
        again = sign == " > "
        yield names[name], start if again else "", pairs if again else {}


def _named(address: str, names: Mapping[str, str]) -> str:
    name, ampersand, rest = address.removeprefix("$").partition("&")
    return names[name] + ampersand + rest if address.startswith("$") else address


def _record(
    client: FlaskClient, address: str, start: str, form: Mapping[str, str]
) -> dict[str, Any]:
    answer = client.get(f"/api{address}")
    assert answer.status_code == 200, f"{address}: {answer.text[:200]}"
    body = answer.json
    found: dict[str, Any] = {"address": address, "pairs": body["pairs"]}
    if step := step_of(body["board"]):
        found["step"] = step
    found["numbers"] = sorted(set(_exact(body["board"])))
    return found | ({"start": start, "form": form} if form else {})


def step_of(board: Any) -> list[Any]:
    """Return which step of how many a board shows, and its phase; nothing where there are none."""
    objects = list(_objects(board))
    strip = next((value for value in objects if {"at", "count", "phases"} <= value.keys()), None)
    parts = ({"phase", "result"}, {"phase", "strip"})  # of a walk through a graph, of a batch
    shown = next((v for v in objects if any(part <= v.keys() for part in parts)), None)
    return [strip["at"], strip["count"], shown["phase"]] if strip and shown else []


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            yield from _objects(item)


def _exact(value: Any, key: str = "") -> Iterator[float]:
    """Yield the numbers that a board gives in full, but for noise."""
    if isinstance(value, float) and key == "exact" and value not in (0, 1):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _exact(item, key)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in NOISE:
                yield from _exact(item, name)


if __name__ == "__main__":
    main()
