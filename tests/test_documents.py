"""The documents say the truth about the tree: what they link and name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
FOLDERS = ("", "backprop", "backprop/web", "backprop/stage", "templates", "static/js", "static/css")
MADE = ("sigmoid", "0.2.0", "instance")  # by a reader, or by the app
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def slug(heading):
    """Return the anchor that a heading has on GitHub."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@each_document
def test_every_link_leads_somewhere(document):
    for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", document.read_text("utf-8")):
        file = document.parent / target if target else document
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in map(slug, headings), anchor


@each_document
def test_every_file_and_folder_that_is_named_is_there(document):
    prose = re.sub(r"^```.*?^```$", "", document.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    for name in re.findall(r"`([a-z_]\w*/[\w/.]*|\w+\.(?:py|html|js|css))`", prose):
        if not any(word in name for word in MADE):
            found = any((ROOT / folder / name).exists() for folder in FOLDERS)
            assert found or [*ROOT.glob(f"backprop/*/{name}")], name
