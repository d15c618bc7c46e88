import re
from pathlib import Path

from backprop.stage.glossary import TERMS

TEMPLATES = Path(__file__).parents[2] / "templates"


def test_every_term_that_a_page_explains_is_in_the_glossary():
    text = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    assert set(re.findall(r'term\("(\w+)",', text)) == set(TERMS)


def test_every_explanation_is_made_of_whole_sentences():
    assert all(term.text.endswith(".") and term.text[0] not in " a" for term in TERMS.values())
