"""A table is read in a time that grows with its length, whatever stands in it; nothing is timed.

Each text is so long that what grows with the square of it would not come back for minutes.
"""

import pytest

from backprop.engine.errors import InputError
from backprop.training.examples.reading import read_table
from backprop.training.examples.use import guess

MANY = 150_000
TEXTS = {
    "hyphens": "a,b\n" + "-" * MANY + "x\n1,2",
    "drawn with signs": "+-=|" * (MANY // 4) + "x",
    "blanks": "a b\n1 2\n" + " " * MANY + "x",
    "tabs": "a\tb\n" + "\t" * MANY + "1",
    "a separator that is not said": "sep=;" + " " * MANY + "x",
    "one line without a blank": "qZ7+/" * (MANY // 5),
    "numbers in a line": "1 " * (MANY // 2),
    "digits": "a,b\n1,2\n" + "1" * MANY,
    "comments": "#" * MANY + "\n" + "#\n" * 15_000,
    "quotation marks": 'a,b\n"' + '""' * (MANY // 2),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_long_text_is_read_or_refused_in_our_own_words(text):
    with pytest.raises(InputError):
        guess(read_table(text))


def test_cells_of_the_longest_kind_are_read():
    kinds = ("1'" * 100, "a" * 200, "$ 1" + " " * 190, "Monday " + " " * 180 + "1", "1." * 100)
    rows = [",".join(kinds) for _ in range(300)]
    table = read_table("v,w,x,y,z\n" + "\n".join(rows))
    assert [column.kind for column in table.columns] == [
        "words",
        "words",
        "number",
        "words",
        "words",
    ]
