"""Whatever is sent to a class is answered, and never by a fault of ours."""

import random

import pytest

from app import create_app
from backprop.web.classroom.deeds import DEEDS

WORDS = (
    *("", "0", "-1", "1e999", "nan", "9**9**9", "9" * 5_000, "\x00", "\u202e", "<script>", "../.."),
    *("up", "none", "1", "2", "0.0822", "0.741*0.593", "a,b", "%", "//evil", "http://x/"),
    *("/lessons/network?step=99999", "/lessons/network?x1=1e308", "/api/lessons/network"),
    *(f"/train?from={64 * 'a'}", "javascript:1", "/class"),
)
FIELDS = (
    *("code", "address", "version", "for", "variant", "question", "round", "sign", "answer", "do"),
    *("scene", "place", "opens", "asking", "varied", "title", "note", "seen", "lecture", "first"),
)
OF_ROOM = ("join", "now", "screen", "strip", "count", "step", "press", "answer", "mine", "read")
OF_CONSOLE = ("", "/record", "/answers.csv", "/class.json", "/lecture.txt", "/again", "/projector")


@pytest.mark.parametrize("count", [250, pytest.param(6_000, marks=pytest.mark.long)])
def test_no_input_makes_a_fault(count, tmp_path):
    app = create_app({"DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite'}"})
    client, rng = app.test_client(), random.Random(count)
    form = {"address": "/lessons/network?step=14", "first": "1"}
    console = client.post("/class", data=form).location
    root = console.partition("/console/")[0]
    client.post(f"{root}/join")
    paths = ["/class", "/class/teach", "/class/join", root, f"{root}/projector"]
    paths += [f"{root}/{part}" for part in OF_ROOM] + [f"{console}{part}" for part in OF_CONSOLE]
    for _ in range(count):
        path = rng.choice(paths)
        said = {name: rng.choice(WORDS) for name in rng.sample(FIELDS, rng.randint(0, 6))}
        if path == console:
            said["do"] = rng.choice(tuple(DEEDS))
        headers = {"HX-Request-Type": "partial"} if rng.random() < 0.3 else {}
        if rng.random() < 0.5:
            answer = client.get(path, query_string=said, headers=headers)
        else:
            answer = client.post(path, data=said, headers=headers)
        assert answer.status_code < 500, (path, said)
    app.extensions["store"].close()
