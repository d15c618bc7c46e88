"""Tables as people have published them, and others of their kinds: each is read as it is meant."""

from pathlib import Path

import pytest

from backprop.training.examples.cells import TableError
from backprop.training.examples.reading import read_table
from backprop.training.examples.table import to_dataset
from backprop.training.examples.use import guess, why_aside

CASES = Path(__file__).parents[2] / "reference" / "cases"


def learned(data):
    """Return the data set that a table most likely asks for."""
    table = read_table(data)
    return to_dataset(table, guess(table))


READ = [  # file, target, its classes or unit, features, first row of X, last row of Y
    ("c01_orange.csv", "Temperatur (Celsius)", "", ("Datum",), [29057 / 86400], [29.1]),
    (
        "c02_noheader_semicolon.csv",
        "column 4",
        "",
        ("column 1", "column 2 = M", "column 2 = F", "column 3"),
        [123, 1, 0, 456.78],
        [80],
    ),
    ("c03_thousand_dot.csv", "price", "", ("area",), [50], [12000]),
    ("c04_dollar_unit.csv", "price", "$", ("area",), [65], [95000]),
    (
        "c05_latin1.csv",
        "klasse",
        ("süß", "sauer"),
        ("beschleunigung m/s²", "größe"),
        [1.5, 2.5],
        [1],
    ),
    ("c05b_utf16.csv", "k", ("a", "b"), ("x", "y"), [1, 2], [1]),
    ("c05c_bom.csv", "k", ("a", "b"), ("x", "y"), [1, 2], [1]),
    ("c06_missing.csv", "price", "", ("eggs", "milk"), [2.5, 7.9], [8]),
    ("c07_index_col.csv", "kind", ("a", "b"), ("x", "y"), [1.5, 2], [1]),
    ("c09_sum50.csv", "label", ("0", "1"), ("a", "b"), [10, 20], [0]),
    ("c10_car.csv", "price", "", ("km",), [240000], [5350]),
    ("c12_dup_header.csv", "y", "", ("x", "x (2)"), [1, 2], [10]),
    ("c13_huge_ids.csv", "y", "", ("x",), [1], [8]),
    ("c14_const.csv", "c", "", ("a",), [1], [8]),
    ("c15_neg_labels.csv", "label", ("-1", "1"), ("x", "y"), [1, 2], [1]),
    ("c16_bool.csv", "label", ("False", "True"), ("x", "y"), [1, 2], [0]),
    ("c17_yes_spaces.csv", "label", ("New York", "Los Angeles"), ("x", "y"), [1, 2], [1]),
    ("c18_quoted_newline.csv", "label", ("0", "1"), ("x",), [1], [1]),
    ("c19_tab.tsv", "k", ("a", "b"), ("x", "y"), [1, 2], [1]),
    (
        "c20_spaces.txt",
        "column 4",
        ("1", "2", "3"),
        ("column 1", "column 2", "column 3"),
        [5.1, 3.5, 1.4],
        [0, 1, 0],
    ),
    ("c21_comment.csv", "y", "", ("x",), [1], [8]),
    ("c23_percent.csv", "y", "", ("rate",), [12], [4]),
    ("c24_trailing.csv", "y", "", ("x",), [1], [8]),
    ("c26_sci.csv", "y", "", ("x",), [0.0015], [8]),
    (
        "c28_iris.csv",
        "species",
        ("setosa", "versicolor", "virginica"),
        ("sepal_length", "sepal_width", "petal_length", "petal_width"),
        [5.1, 3.5, 1.4, 0.2],
        [0, 0, 1],
    ),
    (
        "c31_numbers_as_header.csv",
        "column 2021",
        "",
        ("column 2019", "column 2020"),
        [1, 2],
        [12],
    ),
    ("c34_imbalance.csv", "label", ("ok", "fraud"), ("x", "y"), [0, 0], [0]),
    ("c36_xor.csv", "column 3", ("0", "1"), ("column 1", "column 2"), [0, 0], [0]),
    ("c38_unicode_minus.csv", "y", "", ("x",), [-1], [8]),
    ("c42_pipe.csv", "k", ("a", "b"), ("x", "y"), [1, 2], [0]),
    (
        "c44_cat_feature.csv",
        "price",
        "",
        ("color = red", "color = blue", "color = green", "size"),
        [1, 0, 0, 1],
        [9],
    ),
]


@pytest.mark.parametrize(("file", "target", "what", "features", "x", "y"), READ, ids=lambda v: v)
def test_a_published_table_is_read_as_its_note_says(file, target, what, features, x, y):
    data = learned((CASES / file).read_bytes())
    assert (data.target, data.features) == (target, features)
    assert (data.classes or data.target_unit) == what
    assert data.X[0].tolist() == pytest.approx(x)
    assert data.Y[-1].tolist() == pytest.approx(y)


REFUSED = {
    "c11_oneclass.csv": "Every row has “0” as its “label”.",
    "c11b_oneclass_words.csv": "Every row has “spam” as its “label”.",
    "c25_ragged.csv": "Row 3 has 2 cells, but the first row has 3.",
    "c30_header_only.csv": "The table has a row of names and nothing else.",
    "c35_wide.csv": "Row 1 has 785 columns.",
    "c45_zip.csv": "This is an Excel workbook (.xlsx) or another zip archive, not a table as text.",
    "c48.xlsx": "This is an Excel workbook (.xlsx) or another zip archive, not a table as text.",
}


@pytest.mark.parametrize(("file", "what"), REFUSED.items())
def test_a_published_table_that_cannot_be_learned_from_is_refused_in_words(file, what):
    with pytest.raises(TableError) as problem:
        learned((CASES / file).read_bytes())
    assert problem.value.what == what
    assert problem.value.hint


def test_every_published_table_is_tried():
    files = {path.name for path in CASES.glob("c[0-9]*") if path.suffix != ".note"}
    assert files == {row[0] for row in READ} | REFUSED.keys()


def test_the_rows_that_lack_a_value_are_counted_and_the_rest_is_used():
    data = learned((CASES / "c06_missing.csv").read_bytes())
    assert data.about == "3 rows of your own table; 5 rows with a missing value are left out."


# Others of each kind: a column of a table with “;” or “,”, and what it says.

COLUMNS = {
    "thousands": [
        ("1,234.5 12 3,000", "1234.5 12 3000"),
        ("1.234,5 12 3.000", "1234.5 12 3000"),
        ("1'234 12'345'678 5", "1234 12345678 5"),
        ("1’234.50 7 8", "1234.50 7 8"),
        ("1_234 12_345 6", "1 234 12 345 6"),  # _ stands for a space here
        ("1\u202f234,5 2,25 3", "1234.5 2.25 3"),
        ("1,20,000 3,45,678 9", "120000 345678 9"),
        ("1.234.567 2.345.678 1", "1234567 2345678 1"),
        ("12,345,678.9 1.5 2", "12345678.9 1.5 2"),
        ("-1,234.5 +2,000 0", "-1234.5 +2000 0"),
        ("1.299,99 1.450 2.100,50", "1299.99 1450 2100.50"),
    ],
    "currency": [
        ("$5 $7.50 $1,200", "5 7.50 1200"),
        ("5€ 7€ 9€", "5 7 9"),
        ("5,50_€ 1.200,00_€ 7,00_€", "5.50 1200.00 7.00"),
        ("£1,000 £2,500 £10", "1000 2500 10"),
        ("CHF_12'500 CHF_9'000 CHF_800", "12500 9000 800"),
        ("USD_5 USD_6 USD_7", "5 6 7"),
        ("12_kr 15_kr 20_kr", "12 15 20"),
        ("$5/h $7/h $9/h", "5 7 9"),
        ("-$5 $-3 $4", "-5 -3 4"),
        ("($5) $3 $4", "-5 3 4"),
        ("R$1.234,56 R$2,00 R$3,10", "1234.56 2.00 3.10"),
        ("¥120000 ¥95000 ¥1", "120000 95000 1"),
    ],
    "units": [
        ("65_m² 80_m² 120_m²", "65 80 120"),
        ("65m2 80m2 7m2", "65 80 7"),
        ("12% 15% 8%", "12 15 8"),
        ("1,5_% 2,25_% 3_%", "1.5 2.25 3"),
        ("20°C 21.5°C -3°C", "20 21.5 -3"),
        ("90_km/h 100_km/h 5_km/h", "90 100 5"),
        ("2.5kg 3kg 4", "2.5 3 4"),
        ('5" 7" 12"', "5 7 12"),
        ("950 1.2k 3M", "950 1.2e3 3e6"),
        ("$950 $1.2k $3M", "950 1.2e3 3e6"),
        ("5k 7k 12k", "5 7 12"),
        ("5_min 10_min 3_min", "5 10 3"),
        ("1e-3_mol 2e-3_mol 5_mol", "1e-3 2e-3 5"),
    ],
    "signs": [
        ("−1 −2 3", "-1 -2 3"),
        ("–1,5 2 3", "-1.5 2 3"),
        ("(3) 5 6", "-3 5 6"),
        ("(1,234.50) 5 6", "-1234.50 5 6"),
        ("+3 -4 5", "+3 -4 5"),
        ("－2 3 4", "-2 3 4"),
        ("1E5 2E-3 3e+4", "1E5 2E-3 3e+4"),
        ("−1,5E−3 2E+2 3", "-1.5E-3 2E+2 3"),
        (".5 5. 0", ".5 5. 0"),
        ("12345678 20190612 20191399", "12345678 20190612 20191399"),
        ("10000101 10000102 5", "10000101 10000102 5"),
        (",5 1,25 0", ".5 1.25 0"),
        ("1.5×10^3 2·10^-2 3x10^1", "1.5e3 2e-2 3e1"),
        ("1.5·10³ 2·10⁻² 3*10**4", "1.5e3 2e-2 3e4"),
        ("1.5D-03 2.0D+01 3", "1.5e-03 2.0e+01 3"),
    ],
    "missing": [
        *[
            (f"1 {nothing} 3", "1  3")
            for nothing in ("NA", "n/a", "null", "?", "-", "–", ".", "\\N", "*")
        ],
        *[(f"$1 {nothing} $3", "1  3") for nothing in ("-", "None", "#N/A", "unknown")],
    ],
}
NUMBERS = [(kind, *each) for kind, rows in COLUMNS.items() for each in rows]


@pytest.mark.parametrize(("kind", "typed", "read"), NUMBERS)
def test_numbers_in_any_usual_writing_are_read(kind, typed, read):
    cells = [cell.replace("_", " ") for cell in typed.split(" ")]
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    column = read_table("\n".join(["a;b", *(f"{cell};x" for cell in quoted)])).columns[0]
    assert column.kind == "number", kind
    if typed == "1_234 12_345 6":
        read = "1234 12345 6"
    assert column.cells == tuple(read.split(" "))


@pytest.mark.parametrize(
    ("separator", "typed", "read"),
    [
        (",", '"1,250" "2,500"', "1250 2500"),
        (",", '"1,5" "2,25"', "1.5 2.25"),
        (",", "1.250 2.345", "1.250 2.345"),
        (",", "1.250 2.500 3.750", "1.250 2.500 3.750"),
        ("\t", "1.500 2.000", "1.500 2.000"),
        (";", "1,250 2,345", "1.250 2.345"),
        (";", "12.000 15.500 20.000", "12000 15500 20000"),
        (";", "1.234 2.345", "1234 2345"),
        (";", "0.125 12.000", "0.125 12.000"),
        ("\t", "1,200 15,500 950", "1200 15500 950"),
        ("\t", "1,234 5,678", "1.234 5.678"),
        ("|", "12,000 9,500", "12000 9500"),
    ],
)
def test_where_a_number_alone_does_not_tell_the_table_does(separator, typed, read):
    rows = [f"{cell}{separator}x" for cell in typed.split(" ")]
    column = read_table("\n".join([f"a{separator}b", *rows])).columns[0]
    assert column.cells == tuple(read.split(" "))
    if typed.replace('"', "") != read:
        assert (column.typed, column.read) == (typed.split(" ")[0].strip('"'), read.split(" ")[0])


def test_one_column_tells_the_writing_of_another():
    table = read_table("a;b\n1.234;1,5\n2.345;2,5\n")
    assert table.columns[0].cells == ("1234", "2345")
    table = read_table("a;b\n1,234;1.5\n2,345;2.5\n")
    assert table.columns[0].cells == ("1234", "2345")


@pytest.mark.parametrize(
    "typed",
    [
        *("5 to 10|3", "10-20|20-30", "<5|7", ">50K|<=50K", "3rd|1st", "$5|€4", "12%|0.15"),
        *("5'11\"|6'0\"", "1.2.3|1.2.4", "A1|B2", "1,23,4|5", "07 11|08 15", "six|7"),
        *("01067|10115", "0041|0049", "-+5|3", "(-5)|3", "(5|3"),
    ],
)
def test_what_is_no_number_stays_words(typed):
    cells = typed.split("|")
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    column = read_table("\n".join(["a,b", *(f"{cell},x" for cell in quoted)])).columns[0]
    assert (column.kind, column.cells) == ("words", tuple(cells))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("True|FALSE|true", "True|FALSE|True"),
        ("yes|no|Yes", "yes|no|yes"),
        ("Y|n|N", "Y|n|n"),
        ("T|F|T", "T|F|T"),
        ("ja|nein|ja", "ja|nein|ja"),
        ("oui|non|oui", "oui|non|oui"),
        ("wahr|falsch|WAHR", "wahr|falsch|wahr"),
        ("on|off|on", "on|off|on"),
        ("1|0|1", "1|0|1"),
        ("1.0|0.0|1.0", "1|0|1"),
        ("yes|-|no", "yes||no"),
    ],
)
def test_yes_and_no_are_two_however_they_are_spelled(typed, read):
    rows = [f"{cell},x" for cell in typed.split("|")]
    column = read_table("\n".join(["a,b", *rows])).columns[0]
    assert (column.kind, column.cells) == ("yes_no", tuple(read.split("|")))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2019-06-12|2020-01-31", "2019-06-12|2020-01-31"),
        ("2019/6/12|2019/7/1", "2019-06-12|2019-07-01"),
        ("12.06.2019|1.7.2019", "2019-06-12|2019-07-01"),
        ("13/06/2019|01/07/2019", "2019-06-13|2019-07-01"),
        ("06/13/2019|07/01/2019", "2019-06-13|2019-07-01"),
        ("03/04/2019|05/06/2019", "2019-03-04|2019-05-06"),
        ("12.6.19|1.7.68|1.7.69", "2019-06-12|2068-07-01|1969-07-01"),
        ("12 Jan 2019|3 March 2018", "2019-01-12|2018-03-03"),
        ("3. Mai 2019|4. Dez. 2019", "2019-05-03|2019-12-04"),
        ("Jan 3, 2019|February 14, 2020", "2019-01-03|2020-02-14"),
        ("20190612|20190613", "2019-06-12|2019-06-13"),
        ("2019-06|2019-07", "2019-06-01|2019-07-01"),
        ("2019-06-12T08:04:17Z|2019-06-12 09:00", "2019-06-12T08:04:17|2019-06-12T09:00:00"),
        (
            "2019-06-12 08:00 GMT+2|2019-06-12 08:00 -0130",
            "2019-06-12T06:00:00|2019-06-12T09:30:00",
        ),
        ("1/2/2019 12:05 AM|1/3/2019 1:05 PM", "2019-01-02T00:05:00|2019-01-03T13:05:00"),
        ("Wed, 12 Jun 2019|Thu, 13 Jun 2019", "2019-06-12|2019-06-13"),
        ("08:04|23:59:30", "08:04:00|23:59:30"),
    ],
)
def test_dates_are_read_in_the_writing_of_their_column(typed, read):
    rows = [f'"{cell}",x' for cell in typed.split("|")]
    column = read_table("\n".join(["a,b", *rows])).columns[0]
    assert (column.kind, column.cells) == ("date", tuple(read.split("|")))


@pytest.mark.parametrize("typed", ["2019-13-01", "32.1.2019", "2019-02-30", "25:00", "99/99/2019"])
def test_a_day_that_never_was_is_no_date(typed):
    assert read_table(f"a,b\n{typed},1\n{typed},2\n").columns[0].kind == "words"


def test_the_day_is_first_where_semicolons_separate():
    assert read_table("a;b\n3/4/2019;1\n5/6/2019;2\n").columns[0].cells[0] == "2019-04-03"


# Layouts


SAME = [
    "x,y\n1,2\n3,4\n",
    "sep=;\nx;y\n1;2\n3;4\n",
    '"sep=,"\nx,y\n1,2\n3,4\n',
    "# made in 2020\n# by hand\nx,y\n1,2\n3,4\n",
    "x,y\n1,2\n# half of it\n3,4\n",
    "% MATLAB\nx y\n1 2\n3 4\n",
    "# x,y\n1,2\n3,4\n",
    "# x y\n1.0 2.0\n3.0 4.0\n",
    "x,y,\n1,2,\n3,4,\n,,\n\n",
    "x,y\n1,2,\n3,4,,\n",
    "x,y,,\n1,2\n3,4\n",
    "| x | y |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n",
    " x | y\n---+---\n 1 | 2\n 3 | 4\n",
    "x\ty\t\n1\t2\t\n3\t4\t\n",
    "  x   y\n ---  ---\n  1   2\n  3   4\n",
    "x \t y\n1 \t 2\n3 \t 4\n",
    "\r\n\r\nx,y\r\n1,2\r\n\r\n3,4\r\n",
    "Report of 2020\n\nx,y\n1,2\n3,4\n",
    "Report,\nby hand,\nx,y\n1,2\n3,4\n",
    "x,y\n[m],(s)\n1,2\n3,4\n",
    "x,y\nm,\n1,2\n3,4\n",
    '"x","y"\n"1","2"\n"3","4"\n',
]


@pytest.mark.parametrize("text", SAME)
def test_what_surrounds_a_table_is_not_part_of_it(text):
    table = read_table(text)
    assert table.names == ("x", "y")
    assert [column.values.tolist() for column in table.columns] == [[1, 3], [2, 4]]


@pytest.mark.parametrize(
    "encoding", ["utf-32", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252"]
)
def test_the_letters_are_those_that_were_written(encoding):
    text = "größe;länge;süß\n1,5;2,5;ja\n2,5;3,5;nein\n"
    table = read_table(text.encode(encoding))
    assert table == read_table(text)
    assert table.names == ("größe", "länge", "süß")


def test_units_below_the_names_are_kept():
    table = read_table("x,y\n[m],(s)\n1,2\n3,4\n")
    assert [column.unit for column in table.columns] == ["m", "s"]
    assert table.places == (3, 4)
    assert read_table("x,y\nm,s\n1,2\n").size == 2  # of so few rows nobody can tell


def test_a_tab_among_spaces_parts_cells_as_they_do():
    lines = ['18.0   8   307.0  1\t"chevrolet chevelle"', '15.0   8   350.0  1\t"buick skylark"']
    table = read_table("\n".join(lines))
    assert len(table.columns) == 5
    assert table.columns[4].cells[0] == "chevrolet chevelle"


def test_a_letter_beside_a_few_numbers_is_no_unit():
    assert read_table("nr,y\n12,1\n12A,2\n14,3\n15,4\n").columns[0].kind == "words"


def test_a_name_too_few_is_a_first_column_without_one():
    table = read_table("x,y\nr1,1,2\nr2,3,4\nr3,5,9\n")
    assert table.names == ("column 1", "x", "y")
    assert why_aside(table, table.columns[0])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("2019,2020,2021\n1,2,3\n4,5,7\n", ("column 2019", "column 2020", "column 2021")),
        ("land,2019,2020\nA,1,2\nB,3,4\n", ("land", "column 2019", "column 2020")),
        ("label,0,1,2\n7,0,0,1\n3,1,0,0\n", ("label", "column 0", "column 1", "column 2")),
        ("2019,1\n2020,2\n2021,4\n", ("column 1", "column 2")),
        ("1,2,3\n4,5,6\n", ("column 1", "column 2", "column 3")),
        ("age,weight,5\n1,2,3\n4,5,6\n", ("age", "weight", "column 5")),
        ("red,1,2\nblue,3,4\n", ("column 1", "column 2", "column 3")),
        ("5.1,setosa\n4.9,setosa\n", ("column 1", "column 2")),
        ("M;1,5\nF;2,5\n", ("column 1", "column 2")),
        ("#,x,y\n1,2,3\n2,3,5\n", ("#", "x", "y")),
    ],
)
def test_numbers_are_names_where_they_count_up_or_stand_beside_names(text, names):
    assert read_table(text).names == names


def test_rows_that_begin_with_a_number_sign_are_rows():
    table = read_table("color,y\n#ff0000,1\n#00ff00,2\n#ff0000,3\n")
    assert table.columns[0].categories == ("#ff0000", "#00ff00")
    assert table.comments == 0


RAGGED = [
    ("x,y,z\n1,2,3\n2,4\n", "Row 3 has 2 cells"),
    ("x,y\n1,2\n3,4,5\n6,7\n", "Row 3 has 3 cells"),
    ("area,price\n65,$120,000\n80,$150,000\n9,5\n", "Row 2 has 3 cells"),
    ("a;b\n1;2\n3\n4;5\n", "Row 3 has 1 cell,"),
    ("a\tb\tc\n1\t2\t3\n1\t2\n1\t2\t3", "Row 3 has 2 cells"),
    ('a,b\n1,"x\n2,3\n', "A quotation mark in row 2 is not closed"),
    ("a,b,c\n1,2,3\n\n\n4,5\n", "Row 5 has 2 cells"),
    ("1,2\n3\n4,5\n", "Row 2 has 1 cell,"),
    ("a|b\n1|2\n1|2|3\n4|5", "Row 3 has 3 cells"),
    ("a,b,c,d\n1,2,3,4\n1,2,3,4\n1,2,3\n", "Row 4 has 3 cells"),
]


@pytest.mark.parametrize(("text", "what"), RAGGED)
def test_a_row_of_another_width_is_told_by_its_number(text, what):
    with pytest.raises(TableError, match=what) as problem:
        read_table(text)
    assert problem.value.hint


@pytest.mark.parametrize("width", [101, 129, 257, 513, 785, 1025, 3073])
def test_a_table_too_wide_is_refused_in_words(width):
    with pytest.raises(TableError, match=f"Row 1 has {width:,} columns") as problem:
        read_table(",".join("n" * width) + "\n" + ",".join("1" * width))
    assert "64 inputs" in problem.value.hint


@pytest.mark.parametrize(
    "ids",
    [
        *("9007199254740993 9007199254740995", "12345678901234567 12345678901234568"),
        *("999999999999999999999 5", "-9007199254740993 1", "1000000000000000001 7"),
    ],
)
def test_ids_beyond_what_a_number_holds_are_set_aside_not_rounded(ids):
    rows = [f"{cell},{k},{k * k}" for k, cell in enumerate(ids.split(" "), 1)]
    table = read_table("\n".join(["code,x,y", *rows]))
    assert "rounded" in why_aside(table, table.columns[0])
    assert guess(table).kinds[0] == "aside"
    assert table.columns[0].cells == tuple(ids.split(" "))


WRITTEN = [  # as people write numbers, dates, yes and no; how they are read, and in what unit
    ("100-|200|300-", "number", "-100|200|-300", ""),
    ("١٢|٣٫٥|٤", "number", "12|3.5|4", ""),
    ("１２|３４", "number", "12|34", ""),
    ("1.200.000₫|950.000₫", "number", "1200000|950000", "₫"),
    ("5,4 l/100km|5,9 l/100km", "number", "5.4|5.9", "l/100km"),
    ("8.1/10|7.5/10|9/10", "number", "8.1|7.5|9", "/10"),
    ("48.85° N|33.87° S", "number", "48.85|-33.87", "° N"),
    ("2.35° E|74.00° W", "number", "2.35|-74.00", "° E"),
    ("Jan 2023|Feb 2023|Dec 2022", "date", "2023-01-01|2023-02-01|2022-12-01", ""),
    ("sì|no|sì", "yes_no", "sì|no|sì", ""),
    ("はい|いいえ", "yes_no", "はい|いいえ", ""),
    ("tak|nie|TAK", "yes_no", "tak|nie|tak", ""),
    ("1/2|1/4", "words", "1/2|1/4", ""),
    ("Model 2023|Model 2024", "words", "Model 2023|Model 2024", ""),
    ("-|+|-", "words", "-|+|-", ""),
]


@pytest.mark.parametrize(("typed", "kind", "read", "unit"), WRITTEN)
def test_each_land_writes_its_own_way(typed, kind, read, unit):
    rows = [f"{cell}\t{k}" for k, cell in enumerate(typed.split("|"))]
    column = read_table("\n".join(["a\tb", *rows])).columns[0]
    assert (column.kind, "|".join(column.cells), column.unit) == (kind, read, unit)


@pytest.mark.parametrize(
    ("notes", "comments"),
    [
        ("Source: World Bank\nLast updated: 2024-01-01\n", 2),
        ("Source: World Bank,,\n", 1),
        ("\n* estimated,,\n", 1),
        ("4,,\n", 0),
    ],
)
def test_what_stands_below_the_rows_as_one_cell_is_a_note(notes, comments):
    table = read_table("x,y,z\n1,2,3\n2,4,5\n3,6,8\n" + notes)
    assert table.comments == comments
    assert [column.kind for column in table.columns] == ["number"] * 3
    assert table.size == 3 + (not comments)


def test_below_words_a_lone_word_is_a_row():
    table = read_table("city,n,m\nParis,1,2\nLyon,2,3\nNice,,\nSource: INSEE,,\n")
    assert table.column("city").categories == ("Paris", "Lyon", "Nice")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            ",Morning,,Evening,\nDay,T,RH,T,RH\n1,10,80,15,60\n2,11,78,16,58\n",
            ("Day", "Morning T", "Morning RH", "Evening T", "Evening RH"),
        ),
        ("a,a,b\nmin,max,mean\n1,2,3\n2,3,5\n", ("a min", "a max", "b mean")),
        ("t,s,v\nh,m,m/s\n1,2,2\n2,5,2.5\n", ("t", "s", "v")),
        (",x,y\na,1,2\nb,2,3\n", ("column 1", "x", "y")),
    ],
)
def test_a_name_above_several_columns_goes_before_theirs(text, names):
    assert read_table(text).names == names
