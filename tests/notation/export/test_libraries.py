import ast
import math

import pytest

from backprop.notation.export.libraries import (
    for_autograd,
    in_library,
    listed,
    literal,
    number_in,
    quoted,
)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (2.0, "2"),
        (0.0, "0"),
        (-0.0, "-0.0"),
        (-0.5, "-0.5"),
        (1e-7, "1e-07"),
        (1e6, "1000000.0"),
        (math.pi, "np.pi"),
        (math.e, "np.e"),
        (math.inf, "np.inf"),
        (-math.inf, "-np.inf"),
        (math.nan, "np.nan"),
    ],
)
def test_a_number_is_written_as_one_types_it(number, written):
    assert literal("np", number) == written
    assert number_in("np", number) == f"np.float64({written})"


def test_no_number_is_an_integer_to_pytorch():
    assert number_in("torch", 2.0) == "torch.tensor(2.0)"
    assert number_in("torch", -3.0) == "torch.tensor(-3.0)"
    assert number_in("torch", 0.5) == "torch.tensor(0.5)"
    assert number_in("torch", math.pi) == "torch.tensor(torch.pi)"


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        ("exp(-x)", "np.exp(-x)"),
        ("where(x < 0, -1, 0 * x)", "np.where(x < 0, -1.0, 0 * x)"),
        ("where(x, 1, where(y, 2, 3))", "np.where(x, 1.0, np.where(y, 2.0, 3.0))"),
        ("largest(x, exp(y))", "np.max([x, np.exp(y)])"),
        ("np.float64(2) * log(x)", "np.float64(2) * np.log(x)"),
    ],
)
def test_the_functions_of_a_rule_are_the_librarys(rule, written):
    assert ast.unparse(in_library(ast.parse(rule, mode="eval").body, "np")) == written


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        ("1 / (1 + exp(-x))", "1 / (1 + exp(-x))"),
        ("where(x <= 0, 0.01 * x, x)", "where(x <= 0, 0.01 * x, x)"),
        ("where(x <= 0, exp(x) - 1, x)", "where(x <= 0, exp(where(x <= 0, x, 1)) - 1, x)"),
        ("where(x < 0, 0, 1 / x)", "where(x < 0, 0, 1 / where(x < 0, 1, x))"),
    ],
)
def test_a_branch_that_is_not_chosen_sees_a_harmless_number(rule, written):
    assert for_autograd(rule) == written


def test_a_name_stands_between_quotation_marks_whatever_is_in_it():
    assert quoted("θ") == '"θ"'
    assert ast.literal_eval(quoted('a"b\\')) == 'a"b\\'


def test_a_list_is_on_one_line_if_it_fits_and_else_on_several():
    assert listed("f(", ["x", "y"], ")") == ["f(x, y)"]
    assert listed("f(", [], ")") == ["f()"]
    names = [f"name_{i}" for i in range(20)]
    first, *lines, last = listed("    f(", names, "):")
    assert (first, last) == ("    f(", "    ):")
    assert all(line.startswith("        name") and line.endswith(",") for line in lines)
    assert max(map(len, lines)) <= 88
    assert " ".join(map(str.strip, lines)) == ", ".join(names) + ","
