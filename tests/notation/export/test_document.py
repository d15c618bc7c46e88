from backprop.notation.export.document import align, heading, prose, remark, table, verbatim
from backprop.notation.formula import Label, Number
from tests.kit.latex_reader import faults


def test_names_and_numbers_in_a_sentence_are_mathematics():
    words = ("w of ", Label("z", "3"), " is 100% ", Number("−2·10⁻³", -0.002), " & “more”: σ′ → ½")
    assert prose(words) == (
        r"w of $z_{3}$ is 100\% $-2 \cdot 10^{-3}$ \& “more”: $\sigma$$'$ $\to$ ½"
    )
    assert faults(prose(words)) == []
    assert heading(("A ", Label("x"))) == r"\subsection*{A $x$}"


def test_a_remark_stays_on_its_line_whatever_was_typed():
    assert remark("one\n\\input{two}\r three") == r"% one \input{two} three"


def test_what_is_covered_is_a_box():
    assert prose((Number("?", 0.0),)) == r"$\boxed{?}$"


def test_lines_meet_at_their_sign():
    text = align([("a", "= b"), ("", "= 2")])
    assert text == "\\begin{align*}\n  a &= b \\\\\n  &= 2\n\\end{align*}"


def test_a_table_has_its_heads_and_a_program_its_numbers():
    text = table([("h",), ()], [["1", "2"]])
    assert text.splitlines()[2:4] == [r"  \text{h} &  \\ \hline", r"  1 & 2 \\"]
    assert faults(text) == []
    assert verbatim(["a = 1", ""]) == "\\begin{verbatim}\n1  a = 1\n2\n\\end{verbatim}"
