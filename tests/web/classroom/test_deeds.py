"""What a teacher can do: each deed that a form of the console names."""

import re
from pathlib import Path

from backprop.web.classroom.deeds import DEEDS

TEMPLATES = Path(__file__).parents[3] / "templates" / "class"

CONSOLE = ("_console.html", "_scenes.html", "_settings.html", "_stage.html", "_turns.html")


def test_each_deed_is_named_by_the_console_and_none_that_there_is_not():
    texts = [path.read_text("utf-8") for path in TEMPLATES.glob("_*.html") if path.name in CONSOLE]
    script = (TEMPLATES.parents[1] / "static" / "js" / "class_console.js").read_text("utf-8")
    named = {word for text in texts for word in re.findall(r'name="do" value="([a-z-]+)"', text)}
    named |= {w for t in texts for w in re.findall(r"turn\(\"([a-z]+)\"", t)}
    named |= set(re.findall(r"do: '([a-z-]+)'", script))
    named |= {"free", "follow", "pause", "go-on"}  # by the state of a switch
    assert named == set(DEEDS)
