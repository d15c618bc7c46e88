import xml.etree.ElementTree as ET
from pathlib import Path

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import backprop
from backprop.engine.network import Network
from backprop.notation.derivation import Piece, product
from backprop.notation.formula import (
    Factor,
    Fraction,
    Label,
    Number,
    Operator,
    Power,
    Root,
    Row,
    Text,
    partial,
)
from backprop.notation.line_breaking import broken
from backprop.notation.names import label_of
from backprop.notation.printer import rule_formula
from backprop.notation.steps import local_formula, value_equation
from backprop.web.mathml import mathml

TEMPLATES = Path(__file__).parents[2] / "templates"


def tree(formula, display=True):
    return ET.fromstring(mathml(formula, display))


@pytest.fixture
def macros():
    loader = jinja2.FileSystemLoader(TEMPLATES)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("macros/label.html").module


def chain(length):
    pieces = [
        Piece(
            partial(Label("E"), Label("o", str(i))),
            rule_formula("o * (1 - o)", {}),
            -0.5,
            "backward",
            f"e-{i}",
        )
        for i in range(length)
    ]
    return product(partial(Label("E"), Label("w")), pieces)


@pytest.mark.parametrize(
    ("label", "markup"),
    [
        (Label("w", "5"), "<msub><mi>w</mi><mn>5</mn></msub>"),
        (Label("w", "13", "(2)"), "<msubsup><mi>w</mi><mn>13</mn><mn>(2)</mn></msubsup>"),
        (Label("L"), "<mi>L</mi>"),
        (
            Label("y", "1", hat=True),
            '<msub><mover accent="true"><mi>y</mi><mo stretchy="false">ˆ</mo></mover>'
            "<mn>1</mn></msub>",
        ),
    ],
)
def test_a_name_is_written_with_its_marks(label, markup):
    assert markup in mathml(label)


def test_a_formula_is_said_in_words():
    root = tree(rule_formula("o - t", {}))
    assert root.get("alttext") == root.get("aria-label") == "o minus t"


def test_only_a_formula_on_its_own_line_is_a_block():
    assert tree(Label("x")).get("display") == "block"
    assert tree(Label("x"), display=False).get("display") is None


def test_a_number_carries_the_colour_of_its_pass():
    assert '<mn class="fwd">0.751</mn>' in mathml(Number("0.751", 0.751, "forward"))
    assert '<mn class="bwd">−0.055</mn>' in mathml(Number("−0.055", -0.055, "backward"))
    assert "<mn>2</mn>" in mathml(Number("2", 2.0))


def test_a_power_of_ten_is_raised():
    root = tree(Number("−4.39·10⁻⁴", -4.39e-4, "forward"))
    assert "".join(root.itertext()) == "−4.39·10−4"
    assert root.find(".//msup") is not None


def test_a_factor_points_without_an_element_of_its_own():
    assert '<mn data-f="n-x" class="fwd">2</mn>' in mathml(
        Factor(Number("2", 2.0, "forward"), "n-x")
    )
    assert '<msub data-f="n-x1">' in mathml(Factor(label_of("x1"), "n-x1"))
    assert '<mrow data-f="n-x"><mi>x</mi></mrow>' in mathml(Factor(Label("x"), "n-x"))


def test_round_brackets_grow_only_around_what_is_tall():
    flat, tall = rule_formula("(x + y) * z", {}), rule_formula("(x / y + 1) * z", {})
    assert 'stretchy="false"' in mathml(flat)
    assert 'stretchy="true"' in mathml(tall)


def test_a_choice_has_a_line_for_each_case():
    table = tree(rule_formula("where(x <= 0, 0, x)", {})).find(".//mtable")
    assert [["".join(cell.itertext()) for cell in row] for row in table] == [
        ["x", "if", "x>0"],
        ["0", "otherwise"],
    ]


def test_up_to_three_factors_stand_side_by_side():
    table = tree(chain(3)).find("mtable")
    rows = [["".join(cell.itertext()) for cell in row] for row in table]
    assert [row[1::2] for row in rows] == [["=", "·", "·"], ["=", "·", "·"], ["=", "×", "×"]]
    assert rows[2][2::2] == ["−0.500"] * 3
    assert [cell.get("data-f") for cell in table[1]][2::2] == ["e-0", "e-1", "e-2"]


def test_more_factors_stand_below_each_other():
    table = tree(chain(4)).find("mtable")
    assert table.get("class") == "chain tall"
    rows = [["".join(cell.itertext()) for cell in row] for row in table]
    assert rows[1] == ["", "·", "∂E∂o1", "=", "o(1−o)", "=", "−0.500"]
    assert {cell.get("data-f") for cell in table[1][2:]} == {"e-1"}


def test_a_long_sum_goes_on_below_the_equals_sign():
    network = Network((6, 1), ("linear",))
    point = network.point(network.initialize(1), [0.5] * 6, [1.0])
    trace = backprop.differentiate(network.graph(), point)
    equation = value_equation(trace.graph, trace.graph.position("z1_1"), trace.values, label_of)
    rows = [["".join(cell.itertext()) for cell in row] for row in tree(equation).find("mtable")]
    assert [row[0] for row in rows] == ["z1(1)", *[""] * (len(rows) - 1)]
    assert [row[1] for row in rows if row[1]] == ["=", "=", "="]
    assert all(row[1] or row[2][0] in "+−" for row in rows)


def test_a_broken_sum_alone_has_a_line_below_the_other():
    lines = broken(rule_formula("(alpha + beta - gamma) / 2", {}), 4.0)
    rows = ["".join(row.itertext()) for row in tree(lines).find("mtable")]
    assert rows[-2:] == ["+beta", "−gamma)"]


def test_a_word_of_two_is_text_and_a_layer_alone_stands_above():
    assert "<mtext mathvariant" in mathml(Text("leaky relu"))
    assert "<msup><mi>W</mi><mn>(2)</mn></msup>" in mathml(Label("W", above="(2)"))


def test_no_formula_carries_an_id():
    for formula in (chain(2), chain(5), rule_formula("where(x < 0, sqrt(x), abs(x) / 2)", {})):
        assert all(element.get("id") is None for element in tree(formula).iter())


NASTY = st.text(st.sampled_from("<>&\"'/ax;"), min_size=1, max_size=8)


@given(NASTY, NASTY)
def test_no_text_becomes_markup(one, other):
    parts = (
        Label(one, other, other),
        Text(one),
        Number(other, 1.0),
        Operator(one),
        Root(Text(one)),
    )
    formula = Factor(Row((*parts, Fraction(Text(one), Power(Text(other), Label(other))))), other)
    root = tree(formula)
    known = {"math", "mrow", "msubsup", "mi", "mn", "mo", "mtext", "msqrt", "mfrac", "msup"}
    assert {element.tag for element in root.iter()} <= known
    assert root.find("mrow").get("data-f") == other


def test_a_softmax_and_its_slope_are_well_formed():
    network = Network((2, 3), ("softmax",), "cross_entropy")
    graph = network.graph()
    assert tree(local_formula(graph, graph.output, 0, label_of)).find(".//mfrac") is not None


def test_a_name_in_a_sentence_stacks_its_marks_and_is_said(macros):
    found = ET.fromstring(macros.inline(label_of("w2_1_3")))
    assert found.get("aria-label") == "w 1 3 of layer 2"
    assert [part.text for part in found.find("span")] == ["(2)", "13"]
    assert found.find("i").text == "𝑤"


def test_a_name_in_a_sentence_has_its_index_below(macros):
    found = ET.fromstring(macros.inline(label_of("h1")))
    assert ("".join(found.itertext()), found.find("sub").text) == ("ℎ1", "1")


@pytest.mark.parametrize("name", ["w2_1_3", "w2_12_3", "b2_1", "h1", "L", "yhat1", "yhat", "speed"])
def test_a_name_in_a_picture_returns_to_the_baseline(macros, name):
    found = ET.fromstring(f"<text>{macros.svg(label_of(name))}</text>")
    sizes = {"mi": 1.2, "sb": 0.72}
    moves = [sizes[t.get("class")] * float(t.get("dy", "0em")[:-2]) for t in found]
    assert sum(moves) == pytest.approx(0)


def test_a_typed_name_cannot_become_markup(macros):
    for macro in (macros.inline, macros.svg):
        assert "<b>" not in macro(Label("<b>", "<b>", "(<b>)"))
