"""A learner's own table: what is understood, what is refused, and where the trouble is."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backprop.engine.errors import InputError
from backprop.training.examples.cells import TableError
from backprop.training.examples.reading import problems, read_stored, read_table
from backprop.training.examples.table import to_dataset
from backprop.training.examples.use import guess, guess_without_kinds

FLOWERS = "length,width,species\n5.1,3.5,setosa\n4.9,,setosa\n6.3,3.3,virginica\n"


def cells(text, **how):
    return [column.cells for column in read_table(text, **how).columns]


def test_a_table_has_columns_of_numbers_and_of_words():
    table = read_table(FLOWERS)
    assert table.names == ("length", "width", "species")
    assert [column.kind for column in table.columns] == ["number", "number", "words"]
    assert table.columns[0].values.tolist() == [5.1, 4.9, 6.3]
    assert np.isnan(table.columns[1].values[1])
    assert table.columns[1].missing == (1,)
    assert table.columns[2].categories == ("setosa", "virginica")
    assert table.size == 3


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_separator_and_the_line_ends_are_recognised(separator, end):
    lines = ["a,b,c", "1,2,x", "3,4,y", ""]
    table = read_table(end.join(lines).replace(",", separator))
    assert table == read_table("\n".join(lines))
    assert table.separator == separator


def test_any_number_of_spaces_separates():
    assert cells("  a   b \n 1     2\n10    20  \n") == [("1", "10"), ("2", "20")]


@pytest.mark.parametrize("separator", [";", "\t", "|", " "])
def test_a_decimal_comma_is_understood_where_the_comma_separates_nothing(separator):
    text = "a;b\n1,5;-2,25\n3;1,0e3\n".replace(";", separator)
    assert cells(text) == [("1.5", "3"), ("-2.25", "1.0e3")]


def test_spaces_separate_numbers_with_decimal_commas():
    assert cells("1,5 2,5\n3,5 4,5") == [("1.5", "3.5"), ("2.5", "4.5")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_the_encoding_is_recognised(encoding):
    table = read_table("größe;é\n1;2\n".encode(encoding))
    assert table.names == ("größe", "é")


def test_bytes_without_a_letter_in_windows_are_letters_all_the_same():
    assert read_table(b"a,b\n\x81\xe9,2\n").columns[0].cells == ("\x81é",)


def test_a_name_holds_nothing_that_an_address_or_a_page_cannot():
    assert read_table('"a,b","c\x07d"\n1,2\n').names == ("a b", "c d")


def test_quotation_marks_keep_separators_and_line_breaks():
    assert cells('a,b\n"x, ""y""","two\nlines"\n') == [('x, "y"',), ("two\nlines",)]
    assert cells('a, b\n"x, y", "z"\n') == [("x, y",), ("z",)]


@pytest.mark.parametrize("formula", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", '=HYPERLINK("x")'])
def test_a_formula_is_text(formula):
    table = read_table(f"a;b\n{formula};1\n")
    assert table.columns[0].kind == "words"
    assert table.columns[0].cells == (formula,)


@pytest.mark.parametrize("number", ["1", "-1", "+1.5", ".5", "5.", "1e-3", "−2"])
def test_a_number_may_be_written_in_many_ways(number):
    column = read_table(f"a,b\n{number},x\n").columns[0]
    assert column.values.tolist() == [float(number.replace("−", "-"))]


@pytest.mark.parametrize("word", ["1_000", "0x1", "inf", "Infinity", "1 2", "1,00,0", "e"])
def test_what_looks_like_a_number_to_a_machine_only_is_a_word(word):
    assert read_table(f'a,b\n"{word}",2\n').columns[0].kind == "words"


@pytest.mark.parametrize(
    "nothing", ["", " ", "NA", "n/a", "NaN", "null", "?", "-", "–", ".", "..", "None", "#DIV/0!"]
)
def test_a_value_can_be_missing(nothing):
    column = read_table(f"a,b\n1,x\n{nothing},y\n").columns[0]
    assert (column.kind, column.missing) == ("number", (1,))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a,b\n1,2\n", ("a", "b")),
        ("1,2\n3,4\n", ("column 1", "column 2")),
        ("5.1,setosa\n", ("column 1", "column 2")),
        ("red,big\nblue,small\n", ("red", "big")),
        (",a,a,a\n1,2,3,4\n", ("column 1", "a", "a (2)", "a (3)")),
        ("a (2),a,a\n1,2,3\n", ("a (2)", "a", "a (3)")),
        ("a,b,\n1,2,\n", ("a", "b")),
        ('" two\n lines",b\n1,2\n', ("two lines", "b")),
    ],
)
def test_the_first_row_gives_names_unless_a_number_stands_in_it(text, names):
    assert read_table(text).names == names


def test_who_asks_for_it_gets_names_from_any_row_or_none():
    assert read_table("2019,2020\n1,2\n", header=True).names == ("column 2019", "column 2020")
    assert read_table("a,b\nc,d\n", header=False).size == 2


def test_a_long_name_is_cut_and_stays_distinct():
    names = read_table(",".join(["n" * 150] * 3) + "\n1,2,3\n").names
    assert len(set(names)) == 3
    assert max(map(len, names)) == 80


REFUSED = [
    ("", "The table is empty."),
    ("\n \n", "The table is empty."),
    ("a\n1\n2\n", "The table has only one column."),
    (",\n,\n", "The table is empty."),
    ("a,b\n", "The table has a row of names and nothing else."),
    ("a,b\n1,2\n\n1,2,3\n", "Row 4 has 3 cells, but the first row has 2."),
    ("a,b\n1\n", "Row 2 has 1 cell, but the first row has 2."),
    ("a,b\n1," + "x" * 201, "A cell in row 2, column 2 has more than 200 letters."),
    ("a,b\n1,2\n3," + "x" * 200_000, "A cell in row 3 has more than 200 letters."),
    ("a,b\n1,\0\n", "There is a NUL character in line 2, so this is no plain text."),
    ("a,b\n" + "1,2\n" * 2_001, "Row 2,002 is one too many."),
    ("1,2\n" * 2_001, "The table has 2,001 rows."),
    (",".join("n" * 101) + "\n", "Row 1 has 101 columns."),
    (
        "n," * 29 + "n\n" + ("1," * 29 + "1\n") * 2_000,
        "The table has 2,000 rows of 30 columns: 60,000 values.",
    ),
    ("a,b\n" + "\n" * 20_000 + "1,2", "The table has 20,002 lines."),
    ("a" * (1 << 20) + "b", "The table has 1,048,577 bytes."),
    ("a,b\n1,2\n1,-1e101\n", "The number in row 3, column 2 (“b”) is too large."),
    ("a,b\n1,2\n1," + "9" * 150, "The number in row 3, column 2 (“b”) is too large."),
    ("a,b\n1,1e999\n", "The number in row 2, column 2 (“b”) is too large."),
]


@pytest.mark.parametrize(("text", "what"), REFUSED, ids=[what for _, what in REFUSED])
def test_what_is_no_table_is_refused_in_a_sentence(text, what):
    with pytest.raises(TableError) as problem:
        read_table(text)
    assert problem.value.what == what
    assert problem.value.hint
    assert isinstance(problem.value, InputError)


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"PK\x03\x04abc", "an Excel workbook (.xlsx) or another zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1", "an old Excel workbook (.xls)"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x1f\x8b\x08", "a compressed file (.gz)"),
        (b"PAR1\x15", "a Parquet file"),
        (b"\x93NUMPY\x01", "a NumPy array (.npy)"),
        (b"SQLite format 3\x00", "a database"),
        (b'{"a": [1, 2]}', "JSON"),
        (b'[{"a": 1}]', "JSON"),
        (b"{\\rtf1", "a text document (.rtf)"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "a web page"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"@RELATION iris\n", "an ARFF file of Weka"),
    ],
)
def test_a_file_that_is_no_text_is_told_what_it_is(start, what):
    with pytest.raises(TableError, match="not a table as text") as problem:
        read_table(start)
    assert problem.value.what == f"This is {what}, not a table as text."
    assert "save the table as CSV" in problem.value.hint


def test_a_table_that_could_not_be_kept_is_refused():
    with pytest.raises(TableError, match="written as CSV in UTF-8"):
        read_table(";".join(["n"] * 20) + "\n" + (";".join(["a, b" * 6] * 20) + "\n") * 2_000)


def test_as_much_as_is_allowed_is_read():
    table = read_table(",".join(["n"] * 20) + "\n" + (",".join(["1.5"] * 20) + "\n") * 2_000)
    assert (table.size, len(table.columns)) == (2_000, 20)
    assert problems(table) == ()


def test_problems_are_told_by_row_and_column():
    assert problems(read_table("\n" + FLOWERS)) == (
        "There is no value in row 4, column 2 (“width”).",
    )


def test_a_word_among_numbers_is_found():
    text = "a,b\n1,2\n3,4\n5,six\n"
    assert problems(read_table(text)) == ("“six” in row 4, column 2 (“b”) is not a number.",)


def test_the_first_twenty_problems_are_told_and_how_many_more():
    sentences = problems(read_table("a,b\n" + "1,\n" * 1_100 + "1,2\n"))
    assert len(sentences) == 21
    assert sentences[-1] == "There are 1,080 more."


PIECES = st.sampled_from(
    [
        *',;\t|" \n\r#%()',
        *("\r\n", "1", "2.5", "1,5", "-3e4", "=1+1", "@x", "a", "NA", "é", "\ufeff", "−", "--"),
        *(
            "$5",
            "1,234",
            "1.234,5",
            "12 %",
            "2019-06-12",
            "31.12.19",
            "08:04",
            "yes",
            "no",
            "sep=;",
        ),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=60).map("".join)
CELLS = st.text(max_size=12) | st.sampled_from(
    ["1", "-2.5", "1,5", "", "NA", "x y", 'q"', "a\nb", "$5", "1.234", "3/4/19", "yes", "n", "0"]
)


@st.composite
def written_tables(draw):
    """Tables of any cells, in any separator, mostly well quoted."""
    separator = draw(st.sampled_from(",;\t|"))
    width = draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6))
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in rows]
    return "\n".join(separator.join(row) for row in quoted)


def is_read_or_refused(text, **how):
    """Whether a text is a table, which is the same when written and read again, or refused."""
    try:
        table = read_table(text, **how)
    except TableError as problem:
        return bool(problem.what)
    again = read_stored(table.text(), [column.recognised for column in table.columns])
    assert again == table
    assert again.text() == table.text()
    problems(table)
    for column in table.columns:
        for kind in ("number", "words", "yes_no", "date"):
            assert len(column.read_as(kind).cells) == table.size
    with suppress(TableError):
        to_dataset(table, guess(table))
    to_dataset_before(read_stored(table.text(), []))
    return True


def to_dataset_before(table):
    """Use a table as one that was stored before columns had kinds."""
    with suppress(TableError):
        to_dataset(table, guess_without_kinds(table))


@given(TEXTS, st.sampled_from([None, True, False]))
@example("x1,2y\n1\xa0,2\n", None)
@example("a;b\n1,5;2\n", None)
@example('"1\n2",3\n4,5', None)
@example("1 ,2,,\n,,,", None)
@example("\ud800,1\n2,3", None)
def test_any_text_is_a_table_or_refused(text, header):
    assert is_read_or_refused(text, header=header)


@given(written_tables(), st.sampled_from([None, True, False]))
def test_a_table_written_and_read_again_is_the_same(text, header):
    assert is_read_or_refused(text, header=header)


@given(st.binary(max_size=200) | TEXTS.map(lambda text: text.encode("utf-16")))
def test_any_bytes_are_a_table_or_refused(data):
    assert is_read_or_refused(data)


@given(st.integers(0, 400), st.integers(1, 400), st.sampled_from(['"', "x", "x,", ",\n", "\n"]))
def test_huge_and_ragged_rows_are_a_table_or_refused(before, times, piece):
    assert is_read_or_refused("a,b\n" * before + piece * times * 100)
