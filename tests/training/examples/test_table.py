"""What a learner's own table is used for: its target, its features, and as what they are read."""

import pytest

from backprop.training.datasets import iris
from backprop.training.examples.cells import TableError
from backprop.training.examples.reading import read_stored, read_table
from backprop.training.examples.table import to_dataset
from backprop.training.examples.use import Use, guess, guess_without_kinds, why_aside, with_target

FLOWERS = "length,width,species\n5.1,3.5,setosa\n4.9,,setosa\n6.3,3.3,virginica\n"
NAMES = "name,a\n" + "".join(f"n{k},{k}.5\n" for k in range(21))


def used(text, target, **kinds):
    """Return the data set of a table with this target and these kinds; other columns are aside."""
    table = read_table(text)
    return to_dataset(table, Use(target, tuple(kinds.get(name, "aside") for name in table.names)))


@pytest.mark.parametrize(
    ("text", "target", "kinds"),
    [
        (FLOWERS, "species", "number number words"),
        ("kind,a,b\nx,1,2\ny,3,4\nx,2,2\n", "b", "words number number"),
        ("class,a,b\nx,1,2\ny,3,4\nx,2,2\n", "class", "words number number"),
        ("a,b\n1,2.5\n2,3.5\n", "b", "number number"),
        ("a,b\n1,0\n2,1\n3,1\n4,0\n", "b", "number yes_no"),
        ("a,b\n1,4\n2,7\n3,7\n4,4\n", "b", "number words"),
        ("a,b\n1,1\n2,1\n3,3\n4,2\n5,2\n", "b", "number words"),
        ("a,b\n1,10\n2,20\n3,30\n", "b", "number number"),
        ("a,b,c\n1,,3.5\n2,,4.5\n", "c", "number aside number"),
        ("x,y,k\n1,2,a\n2,3,b\n3,4,a\n4,6,b\n", "k", "number number words"),
        ("y,x\n1,2\n2,3\n3,5\n", "y", "number number"),
        (",x,y\n0,1.5,2\n1,2.5,3\n2,3.5,5\n", "y", "aside number number"),
        ("when,y\n2019-01-02,3\n2019-01-05,4\n", "y", "date number"),
        ("a,note,b\n1,x y,2\n2,z,2.5\n3,w,4\n", "b", "number aside number"),
        ("a,b\n1,2\n3,5\nsum,7\n", "b", "number number"),
        ("id,b\n1,2.5\n2,5\n3,7\n", "b", "number number"),
        ("PassengerId,a,b\n5,1.5,2\n9,2,3\n7,4,5.5\n", "b", "aside number number"),
    ],
)
def test_the_use_of_a_table_is_guessed(text, target, kinds):
    assert guess(read_table(text)) == Use(target, tuple(kinds.split()))


def test_nearly_every_row_its_own_class_is_never_chosen_silently():
    for rows in (6, 8, 30):
        lines = [f"{k},{k * k},name{k if k else 1}" for k in range(rows)]
        use = guess(read_table("\n".join(["a,b,who", *lines])))
        assert (use.target, use.kinds[2]) == ("b", "aside")


REASONS = [
    ("a,b\n1,\n2,\n", "b", "no value in it"),
    ("a,b\n1,\n2,\n3,4\n", "b", "no value in 2 of 3 rows"),
    ("a,b\n1,5\n2,5\n", "b", "the same in every row"),
    ("nr,b\n1,5\n2,6\n3,8\n", "nr", "it counts the rows"),
    ("S.No.,b\n1,5\n2,6\n3,8\n", "S.No.", "it counts the rows"),
    ("rownames,b\n1,5\n2,6\n3,8\n", "rownames", "it counts the rows"),
    ("Sample ID,b\n101,5\n102,6\n103,8\n", "Sample ID", "it counts the rows"),
    ("Unnamed: 0,b\n0,5\n1,6\n2,8\n", "Unnamed: 0", "it counts the rows"),
    ("".join(f"{k},{k % 7},{k % 3}\n" for k in range(12)), "column 1", "it counts the rows"),
    ("user_id,b\n17,5\n4,6\n9,8\n", "user_id", "an id: each row has a different one"),
    ("uuid,b\na1,5\nb7,6\n", "uuid", "an id: each row has a different one"),
    (NAMES, "name", "nearly every row has a different one"),
    (
        "w,b\n" + "".join(f"w{k % 25},{k}.5\n" for k in range(50)),
        "w",
        "25 different words: one-hot takes 20 at most",
    ),
    (
        "a,b\n9007199254740993,1\n9007199254740995,2\n",
        "a",
        "numbers of 16 digits and more, as ids have: they would be rounded",
    ),
    ("x,y\n1,2\n2,4\n3,6\n", "x", ""),
    ("width,y\n3,2\n4,4\n5,6\n", "width", ""),
    ("idea,y\n3,2\n9,4\n5,6\n", "idea", ""),
    ("paid,y\n3,2\n9,4\n5,6\n", "paid", ""),
]


@pytest.mark.parametrize(("text", "name", "why"), REASONS, ids=[f"{n}-{w}" for _, n, w in REASONS])
def test_a_column_is_set_aside_for_a_reason(text, name, why):
    table = read_table(text)
    assert why_aside(table, table.column(name)) == why


def test_a_target_that_is_the_same_in_every_row_is_refused():
    for value in ("0", "spam"):
        with pytest.raises(TableError, match=f"Every row has “{value}” as its “label”"):
            guess(read_table(f"x,y,label\n1,2,{value}\n2,3,{value}\n"))


def test_what_leaves_no_feature_says_why():
    with pytest.raises(TableError, match="No column is left to learn “a” from") as problem:
        guess(read_table(NAMES))
    assert problem.value.hint == "“name”: nearly every row has a different one."


def test_words_of_which_none_comes_again_are_nothing_to_learn():
    with pytest.raises(TableError, match="No column of this table can be learned") as problem:
        guess(read_table("name,city\nAnn,Bern\nBob,Bonn\nCid,Rome\nDan,Oslo\n"))
    assert "nearly every row has a different word" in problem.value.hint


def test_a_few_words_among_numbers_are_read_in_the_writing_of_the_table():
    table = read_table("a;b\n1,234;1\n2,345;2\nsix;3\n4,5;4\n")
    use = guess(table)
    assert use.kinds == ("number", "number")
    assert to_dataset(table, use).X[:, 0].tolist() == [1.234, 2.345, 4.5]
    assert read_table("a;b\n1,234;1\n2,345;2\nsix;3\n").columns[0].read_as("number").cells == (
        *("1.234", "2.345"),
        "",
    )


def test_what_is_beyond_64_inputs_is_set_aside():
    words = [f"w{k % 20}" for k in range(50)]
    lines = [",".join([word] * 4 + [f"{k}.5", f"{k * k}.25"]) for k, word in enumerate(words)]
    use = guess(read_table("\n".join(["a,b,c,d,e,f", *lines])))
    assert use.kinds == ("words", "words", "words", "aside", "number", "number")


def test_another_target_makes_a_feature_of_the_one_before():
    table = read_table(FLOWERS + "5,4,virginica\n")
    use = with_target(table, guess(table), "length")
    assert use == Use("length", ("number", "number", "words"))
    assert to_dataset(table, use).features == ("width", "species = setosa", "species = virginica")
    assert with_target(table, use, "length") is use
    with pytest.raises(TableError, match="no column “kind”"):
        with_target(table, use, "kind")


def test_a_table_of_an_older_version_is_used_as_it_was():
    text = "kind,a,b,c\nx,1,2,2019\ny,3,4,2020\nx,3,$5,2021\n"
    table = read_stored(text, [], separator=",", header=True)
    assert [column.kind for column in table.columns] == ["words", "number", "words", "number"]
    assert guess_without_kinds(table) == Use("b", ("aside", "number", "words", "number"))
    assert with_target(table, guess_without_kinds(table), "c").kinds == (
        "aside",
        "number",
        "aside",
        "number",
    )
    numbers = read_stored("a,b\n1,1\n2,1\n3,3\n4,2\n5,2\n", [], separator=",", header=True)
    assert guess_without_kinds(numbers) == Use("b", ("number", "number"))
    wide = read_stored(",".join(f"n{k}" for k in range(70)) + "\n" + ",".join("1" * 70), [])
    assert guess_without_kinds(wide).kinds.count("aside") == 5


def test_a_table_of_the_irises_is_the_irises():
    flowers = iris()
    rows = [[*x, label] for x, label in zip(flowers.X, flowers.labels, strict=True)]
    lines = [",".join(map(str, row)) for row in ([*flowers.features, "species"], *rows)]
    table = read_table("\n".join(lines))
    made = to_dataset(table, guess(table))
    assert (made.classes, made.labels) == (flowers.classes, flowers.labels)
    assert made.X.tolist() == flowers.X.tolist()
    assert made.Y.tolist() == flowers.Y.tolist()
    assert made.about == "150 rows of your own table."


def test_a_row_with_a_missing_value_is_left_out_where_it_matters():
    both = used(FLOWERS, "species", length="number", width="number", species="words")
    assert both.X.tolist() == [[5.1, 3.5], [6.3, 3.3]]
    assert both.about == "2 rows of your own table; 1 row with a missing value is left out."
    assert used(FLOWERS, "species", length="number", species="words").X.shape == (3, 1)


def test_words_are_one_hot_and_yes_is_one():
    made = used(
        "color,ok,size,y\nred,yes,1,10\nblue,no,2,12\nred,no,3,15\n",
        "y",
        color="words",
        ok="yes_no",
        size="number",
        y="number",
    )
    assert made.features == ("color = red", "color = blue", "ok", "size")
    assert made.X.tolist() == [[1, 0, 1, 1], [0, 1, 0, 2], [1, 0, 0, 3]]


def test_a_level_with_signs_of_its_own_has_a_name_that_an_address_can_hold():
    made = used('c,y\n"a, b",1\n"a\nb",2\n"a, b",3\n', "y", c="words", y="number")
    assert made.features == ("c = a b… (1)", "c = a b… (2)")


def test_dates_are_days_and_times_are_hours():
    made = used(
        "when,at,y\n2019-01-03 12:00,06:30,1\n2019-01-02,23:00,2\n",
        "y",
        when="date",
        at="date",
        y="number",
    )
    assert made.X.tolist() == [[1.5, 6.5], [0, 23]]
    assert made.units == ("days since 2019-01-02", "hours")


def test_two_classes_become_one_column():
    made = used(FLOWERS, "species", length="number", species="words")
    assert made.Y.tolist() == [[0], [0], [1]]
    assert made.task == "two classes"


def test_no_is_0_and_yes_is_1_whichever_comes_first():
    made = used("a,ok\n1,TRUE\n2,False\n3,true\n", "ok", a="number", ok="yes_no")
    assert (made.classes, made.Y[:, 0].tolist()) == (("False", "TRUE"), [1, 0, 1])


def test_classes_that_are_numbers_stand_in_their_order():
    made = used("a,b\n1,10\n2,2.0\n3,2\n4,-1.5\n", "b", a="number", b="words")
    assert made.classes == ("-1.5", "2", "10")
    assert made.labels == ("10", "2", "2", "-1.5")


def test_numbers_are_learned_as_numbers_in_their_unit():
    made = used("a,b\n1,$10\n2,$2.25\n", "b", a="number", b="number")
    assert (made.task, made.labels, made.target) == ("numbers", ("10", "2.25"), "b")
    assert (made.Y.tolist(), made.target_unit) == ([[10], [2.25]], "$")


def test_cells_that_are_not_of_the_chosen_kind_leave_their_rows_out():
    made = used("a,b\n1,4\nsix,5\n3,6\n", "b", a="number", b="number")
    assert made.X.tolist() == [[1], [3]]
    assert made.about.endswith("1 row with a missing value is left out.")


MANY = "a,b,c\n" + "".join(f"{k},{k},w{k}\n" for k in range(25))
IDS = "a,b\n9007199254740993,1\n9007199254740995,2\n"


@pytest.mark.parametrize(
    ("text", "target", "kinds", "what", "at"),
    [
        (FLOWERS, "kind", {}, "no column “kind”", "table"),
        (FLOWERS, "species", {"species": "words"}, "No feature is left", "kinds"),
        (FLOWERS, "width", {"species": "number", "width": "number"}, "“setosa” in row 2", "kinds"),
        (FLOWERS, "species", {"width": "number", "species": "date"}, "is not a date", "kinds"),
        (FLOWERS, "width", {"species": "yes_no", "width": "number"}, "is not yes or no", "kinds"),
        (MANY, "c", {"a": "number", "c": "words"}, "25 different values", "target"),
        (MANY, "b", {"a": "number", "b": "words"}, "25 different values", "target"),
        (MANY, "b", {"c": "words", "b": "number"}, "25 different words", "kinds"),
        ("a,b\n1,x\n2,x\n", "b", {"a": "number", "b": "words"}, "Every row has “x”", "target"),
        ("a,b\n1,\n2,3\n", "b", {"a": "number", "b": "number"}, "Only one row has", "table"),
        ("a,b\n1,\n,3\n", "b", {"a": "number", "b": "number"}, "No row has a value", "table"),
        (
            "a,b\nx,1\n1e200,2\n3,4\n",
            "b",
            {"a": "number", "b": "number"},
            "row 3, column 1",
            "kinds",
        ),
        (IDS, "b", {"a": "number", "b": "number"}, "more digits than a number", "kinds"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_in_a_sentence(text, target, kinds, what, at):
    with pytest.raises(TableError, match=what) as problem:
        used(text, target, **kinds)
    assert problem.value.at == at
    assert problem.value.hint


def test_more_than_64_inputs_are_refused():
    table = read_table(",".join("n" * 66) + "\n" + ",".join("1" * 66) + "\n" + ",".join("2" * 66))
    with pytest.raises(TableError, match="These columns make 65 inputs"):
        to_dataset(table, Use("n", ("number",) * 66))
