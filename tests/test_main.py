"""The command line."""

import io
import json
import subprocess
import sys

import numpy as np
import pytest

from backprop.__main__ import main
from backprop.notation.export.fixtures import fixtures

GATES = ["(x + y) * z", "x=-2", "y=5", "z=-4"]
MAZUR = [
    *("--network", "2,2,2", "--x", "0.05,0.1", "--y", "0.01,0.99", "--learning-rate", "0.5"),
    *("w1_1_1=.15", "w1_1_2=.20", "w1_2_1=.25", "w1_2_2=.30", "b1_1=.35", "b1_2=.35"),
    *("w2_1_1=.40", "w2_1_2=.45", "w2_2_1=.50", "w2_2_2=.55", "b2_1=.60", "b2_2=.60"),
]


@pytest.fixture
def run(capsys):
    def run(*arguments):
        status = main(arguments)
        output = capsys.readouterr()
        return status, output.out, output.err

    return run


def data_of(run, *arguments):
    status, out, err = run(*arguments, "--json")
    assert (status, err) == (0, "")
    return json.loads(out, parse_constant=pytest.fail)


def test_both_passes_and_the_check_are_printed(run):
    status, out, err = run(*GATES)
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "f = (x + y) * z   at x = -2, y = 5, z = -4",
        "",
        "forward pass",
        "  v1  = x + y   = -2 + 5  = 3",
        "  v2  = v1 * z  = 3 * -4  = -12",
        "",
        "backward pass: g(v) is the slope of the result by v",
        "  g(v2)  = 1             = 1           = 1",
        "  g(v1)  = g(v2) * (z)   = (1) * (-4)  = -4",
        "  g(z)   = g(v2) * (v1)  = (1) * (3)   = 3",
        "  g(y)   = g(v1) * (1)   = (-4) * (1)  = -4",
        "  g(x)   = g(v1) * (1)   = (-4) * (1)  = -4",
        "",
        "check: by central differences",
        "  parameter  gradient  by finite differences  relative difference",
        "  x          -4        -4                     5.55112e-12",
        "  y          -4        -4                     0",
        "  z          3         3                      1.85037e-12",
        "  Right: the gradient agrees with the differences.",
    ]


def test_as_data_it_has_the_shape_of_the_api(run):
    found = data_of(run, *GATES)
    assert list(found) == ["value", "gradient", "steps", "check"]
    assert found["value"] == -12
    assert found["gradient"] == {"x": -4, "y": -4, "z": 3}
    assert [step["name"] for step in found["steps"]] == ["v1", "v2", "v2", "v1", "z", "y", "x"]
    assert found["steps"][3]["terms"] == [
        {"later": "v2", "arriving": 1, "local": -4, "product": -4, "total": -4}
    ]
    assert list(found["check"][0]) == [
        *("name", "analytic", "numeric", "absolute", "relative", "kink", "hidden"),
        *("answer", "because"),
    ]


def test_nan_and_infinity_are_words(run):
    found = data_of(run, "-exp(x) + exp(x) - exp(y)", "x=1000", "y=nan")
    assert found["value"] == "NaN"
    assert {step["result"] for step in found["steps"]} >= {"Infinity", "-Infinity", "NaN"}
    _, out, _ = run("-exp(x)", "x=1000")
    assert "= -Infinity" in out
    assert "Cannot be judged, because the function is −∞ at this point." in out


@pytest.mark.parametrize("value", ["-0.5", "-0,5", "−0.5", "-5e-1"])
def test_a_value_may_have_a_decimal_comma_and_a_printed_minus(run, value):
    assert data_of(run, "-x^2", f"x={value}")["value"] == -0.25


def test_a_formula_may_begin_with_a_minus(run):
    assert data_of(run, "-x", "x=1")["value"] == -1
    assert data_of(run, "-h y", "h=1", "y=2")["value"] == -2


def test_a_name_may_be_typed_with_a_subscript(run):
    assert data_of(run, "w₁ + w2", "w1=1", "w₂=2")["value"] == 3


def test_numbers_have_six_digits(run):
    _, out, _ = run("x / 3 + 1e20", "x=1")
    assert "= 1 / 3             = 0.333333" in out
    assert "1e+20" in out


def test_a_constant_has_nothing_to_check(run):
    status, out, _ = run("2")
    assert status == 0
    assert "nothing to compute" in out
    assert "There is nothing to compare." in out


def test_one_round_of_mazurs_network_ends_at_his_weights(run):
    found = data_of(run, *MAZUR)
    assert found["value"] == pytest.approx(0.298371108760)
    assert found["gradient"]["w2_1_1"] == pytest.approx(0.082167040564)
    new = found["update"]["parameters"]
    assert new["w1_1_1"] == pytest.approx(0.149780716133, abs=1e-12)
    assert new["w2_2_2"] == pytest.approx(0.561370121108, abs=1e-12)
    assert found["update"]["loss"] == pytest.approx(0.280471446791)


def test_the_update_is_said_to_be_another_machines(run):
    status, out, _ = run(*MAZUR, "--optimizer", "adam", "--detail", "operations")
    assert status == 0
    assert "update: by Adam, another machine" in out
    assert "loss before 0.298371" in out
    assert "Right: the gradient agrees with the differences." in out


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "cross_entropy"])
def test_what_is_not_given_is_chosen_by_the_seed(run, loss):
    words = ("--network", "2,3,2", "--loss", loss)
    assert run(*words) == run(*words, "--seed", "1")
    assert run(*words) != run(*words, "--seed", "2")


def test_one_activation_serves_every_layer(run):
    _, out, _ = run("--network", "2,2,1", "--activations", "tanh")
    assert "a network of 2,2,1, tanh, tanh, half_squared_error" in out
    _, out, _ = run("--network", "2,2,1", "--activations", "tanh, linear")
    assert "tanh, linear" in out


def test_lists_of_decimal_commas_are_parted_by_semicolons(run):
    words = ("--network", "2,1", "--x", "-0,5;1", "--y", "-1")
    assert run(*words) == run("--network", "2,1", "--x", "-0.5,1", "--y", "-1")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "There is no formula. Say one"),
        (["x + y"], "x, y have no value. Say x=1 y=1."),
        (["x + y", "x=1"], "y has no value. Say y=1."),
        (["x +", "x=1"], "The formula ends where something should follow."),
        (["x", "x=1", "z=2"], "There is no variable “z” here."),
        (["x", "x"], "“x” gives no variable a value."),
        (["x", "e=1", "x=1"], "“e=1” gives no variable a value."),
        (["x", "x=1", "x=2"], "“x” has two values."),
        (["x", "x=one"], "“one” is not a number."),
        (["x", "x=1", "--fast"], "unrecognized arguments: --fast"),
        (["--network", "2,x"], "“x” is not a size."),
        (["--network", "2"], "cannot be the sizes of a network"),
        (["--network", "2,2", "w9=1"], "There is no parameter “w9”. The parameters are w1_1_1"),
        (["--network", "2,2", "--optimizer", "sgd"], "“sgd” is not an optimizer I know."),
        (["--network", "2,2", "--loss", "x"], "“x” is not the name of a known loss."),
        (["--network", "2,2", "--x", "1"], "X has the shape (1, 1)."),
    ],
)
def test_bad_input_is_one_line_and_status_2(run, arguments, words):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("backprop: ")
    assert err.count("\n") == 1
    assert words in err


def test_help_shows_examples(run, capsys):
    with pytest.raises(SystemExit, match="0"):
        run("--help")
    assert 'python -m backprop "(x + y) * z" x=-2 y=5 z=-4' in capsys.readouterr().out


def test_a_reader_that_stops_reading_causes_no_traceback():
    command = [sys.executable, "-m", "backprop", "--network", "4,32,4", "--detail", "operations"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1


def test_the_module_runs_as_a_program():
    command = [sys.executable, "-m", "backprop", *GATES]
    found = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert "forward pass" in found.stdout


@pytest.fixture
def mazur():
    return json.loads(fixtures()["mazur-2-2-2"])


@pytest.fixture
def check(run, tmp_path):
    def check(content, *options):
        file = tmp_path / "claim"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return run("check", str(file), *options)

    return check


def test_a_right_gradient_in_a_file_is_told_as_a_table_and_status_0(check):
    given = {"expression": "x*y", "at": {"x": 2, "y": 3}, "gradient": {"x": 3, "y": 2}}
    status, out, err = check(json.dumps(given))
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "f = x * y, read from JSON"
    assert lines[2].split() == [
        *("entry", "yours", "exact", "by", "differences", "relative", "difference", "verdict")
    ]
    assert lines[3].split() == ["x", "3", "3", "3", "0", "right"]
    assert lines[-1] == "The gradient is right."


def test_a_wrong_gradient_has_its_worst_entry_first_the_slip_last_and_status_1(check, mazur):
    for row in mazur["gradient"]["W2"]:
        row[:] = [-number for number in row]
    mazur["gradient"]["b2"] = [0.1]
    status, out, err = check(json.dumps(mazur))
    assert (status, err) == (1, "")
    lines = out.splitlines()
    assert lines[0] == "a network of 2, 2, 2; sigmoid, sigmoid; half_squared_error, read from JSON"
    assert [line.split()[0] for line in lines[3:7]] == ["W2[0,0]", "W2[0,1]", "W2[1,0]", "W2[1,1]"]
    assert lines[7].split()[-1] == "uneasy"
    assert "5 entries are wrong, and 5 right." in lines
    assert "W2" in lines[-1]


@pytest.mark.parametrize("kind", ["npz", "csv", "print"])
def test_a_file_may_name_no_network_where_the_words_do(check, mazur, kind):
    words = ("--network", "2,2,2")
    arrays = {name: np.array(array) for name, array in mazur["parameters"].items()}
    arrays |= {f"d{name}": np.array(array) for name, array in mazur["gradient"].items()}
    for name in ("b1", "b2"):  # the words know no shared biases: each unit has its own
        arrays[name] = np.repeat(arrays[name], 2)
    arrays |= {"db1": np.array([0.0087713546894869, 0.0099542547052172])}
    arrays |= {"db2": np.array([0.1384985616285260, -0.0380982365165253])}
    arrays |= {"X": np.array(mazur["X"]), "Y": np.array(mazur["Y"])}
    file = io.BytesIO()
    np.savez(file, **arrays)
    content = {
        "npz": file.getvalue(),
        "csv": "".join(
            "\n".join([name, *(",".join(map(repr, row)) for row in np.atleast_2d(a).tolist()), ""])
            for name, a in arrays.items()
        ),
        "print": "\n".join(f"{name} = {array.tolist()}" for name, array in arrays.items()),
    }[kind]
    status, out, err = check(content, *words)
    assert (status, err) == (0, "")
    assert "The gradient is right." in out


def test_a_checked_gradient_is_data_too(check, mazur):
    mazur["gradient"]["W1"][0][0] = "NaN"
    status, out, err = check(json.dumps(mazur), "--json")
    document = json.loads(out, parse_constant=pytest.fail)
    assert (status, err, document["ok"]) == (3, "", False)
    assert list(document["entries"][0]) == [
        *("name", "claimed", "exact", "numeric", "relative", "verdict"),
        *("reach", "because"),
    ]
    assert (document["entries"][0]["name"], document["entries"][0]["claimed"]) == ("W1[0,0]", "NaN")


def test_all_entries_are_shown_when_they_are_asked_for(check):
    given = fixtures()["network-5-4-8-3"]
    assert "… and " in check(given)[1]
    assert "… and " not in check(given, "--all")[1]


def test_standard_input_is_a_file_called_minus(run, mazur, monkeypatch):
    given = io.TextIOWrapper(io.BytesIO(json.dumps(mazur).encode()))
    monkeypatch.setattr(sys, "stdin", given)
    assert run("check", "-")[0] == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "There is nothing to read."),
        ("W1 = [[1 2]\n [3 x]]", "“x” in line 2, column 5 is not a number."),
        ("W1 = [[1 2]]", "There is no gradient here."),
        (bytes(2 << 20), "There are 1,048,577 bytes. At most 1,048,576 (1 MiB) are possible"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_and_status_2(check, content, words):
    status, out, err = check(content)
    assert (status, out) == (2, "")
    assert err.startswith("backprop: ")
    assert err.count("\n") == 1
    assert words in err


def test_a_file_that_is_not_there_is_one_line_and_status_2(run, tmp_path):
    status, out, err = run("check", str(tmp_path / "none.json"))
    assert (status, out) == (2, "")
    assert "none.json” cannot be read: no such file or directory." in err
    assert run("check", str(tmp_path))[0] == 2
    assert run("check")[0] == 2


def test_a_gradient_that_cannot_be_judged_has_a_status_of_its_own(check, capsys, run):
    claim = '{"expression": "relu(x) - relu(-x)", "at": {"x": 0}, "gradient": {"x": 0}}'
    status, out, _ = check(claim)
    assert (status, out.splitlines()[-1][:44]) == (
        3,
        "It cannot be judged, because at a kink rever",
    )
    with pytest.raises(SystemExit):
        run("check", "--help")
    assert "3 the gradient\ncannot be judged" in capsys.readouterr().out


def test_a_variable_may_still_be_called_check(run):
    assert run("check*2", "check=3")[0] == 0


def test_the_check_needs_numpy_alone(tmp_path):
    file = tmp_path / "claim.json"
    file.write_text(fixtures()["mazur-2-2-2"], "utf-8")
    code = (
        "import sys; from backprop.__main__ import main; "
        f"status = main(['check', {str(file)!r}]); print(*sys.modules, sep='\\n'); exit(status)"
    )
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    loaded = found.stdout.split()
    heavy = ("flask", "plotly", "sympy", "scipy", "sqlalchemy", "backprop.web", "backprop.lessons")
    assert [name for name in heavy if name in loaded] == []


@pytest.fixture
def program_file(tmp_path):
    def write(text, name="program.txt"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


LAYER = "X : given 2 x 2 = [[1, 2], [3, 4]]\nW : 1 x 2 = [[1, -1]]\nZ = X @ W.T\nL = sum(Z ** 2)\n"


def test_a_program_of_arrays_is_printed_line_by_line(run, program_file):
    status, out, err = run("program", program_file(LAYER))
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        *("L = 2", "", "forward pass", "  Z = X @ W.T : 2×1", "    [[-1]", "     [-1]]"),
        *("  L = sum(Z ** 2) = 2", ""),
        *("backward pass: dZ is the gradient of the result by Z", "  dL  = 1"),
        "  dZ  += spread(dL, Z ** 2, None) * (2 * Z)  2×1",
        "  dW  += dZ.T @ X                            1×2",
        *("", "the gradient of each line", "  dZ : 2×1", "    [[-2]", "     [-2]]"),
        *("", "the gradient", "  dW : 1×2", "    [[-8 -12]]"),
    ]


@pytest.mark.parametrize(
    ("written", "holds"),
    [
        ("numpy", "dW = "),
        ("pytorch", "W.grad, torch.tensor("),
        ("jax", "jax.value_and_grad(function"),
        ("latex", r"\frac{\partial L}{\partial W}"),
    ],
)
def test_a_program_is_printed_as_code_and_as_latex(run, program_file, written, holds):
    status, out, err = run("program", program_file(LAYER), "--as", written)
    assert (status, err) == (0, "")
    assert holds in out
    assert run("program", program_file(LAYER), "--as", "fortran")[0] == 2


def test_a_programs_leaves_take_values_of_a_file(run, program_file):
    at = program_file('{"W": [[0, "NaN"]]}', "at.json")
    data = data_of(run, "program", program_file(LAYER), "--at", at)
    assert (data["value"], data["lines"]["W"]) == ("NaN", [[0, "NaN"]])


@pytest.mark.parametrize(
    ("program", "at", "message"),
    [
        (LAYER.replace(".T", ""), "{}", "line 3, place 5: 2×2 @ 1×2 does not fit"),
        ("L = sum(q)", "{}", "line 1, place 9: There is no “q” above this line."),
        (LAYER, '{"W": [1]}', "The values of “W” are 1, and its shape is 1×2."),
        (LAYER, '{"W": ["1"]}', "A value of “W” is not a number."),
        (LAYER, "[]", "The values are not a JSON object."),
    ],
)
def test_a_program_that_cannot_be_run_says_where(run, program_file, program, at, message):
    status, out, err = run("program", program_file(program), "--at", program_file(at, "at.json"))
    assert (status, out) == (2, "")
    assert err.startswith(f"backprop: {message}")
