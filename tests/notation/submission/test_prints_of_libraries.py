"""What people print where they compute: the same network, in the words of each library."""

import io

import numpy as np
import pytest

from backprop.engine.errors import InputError
from backprop.engine.network import Network
from backprop.notation.submission.names import Role, find_role
from backprop.notation.submission.printed import read_arrays
from backprop.notation.submission.read import read_submission

NETWORK = Network((3, 4, 2), ("tanh", "linear"), "mean_squared_error")
RNG = np.random.default_rng(7)
P = {name: RNG.normal(size=shape).round(4) for name, shape in NETWORK.shapes.items()}
X, Y = RNG.normal(size=(5, 3)).round(4), RNG.normal(size=(5, 2)).round(4)
G = {name: array.round(4) for name, array in NETWORK.loss_and_gradient(P, X, Y)[1].items()}
TORCH = {"W1": "0.weight", "b1": "0.bias", "W2": "2.weight", "b2": "2.bias"}
KERAS = {"W1": "dense/kernel:0", "b1": "dense/bias:0", "W2": "dense_1/kernel:0",
         "b2": "dense_1/bias:0"}  # fmt: skip


def rows(array, open_="[", close="]", between=", ", line=",\n       "):
    inner = [between.join(f"{x:.4f}" for x in row) for row in np.atleast_2d(array)]
    text = line.join(f"{open_}{row}{close}" for row in inner)
    return f"{open_}{text}{close}" if array.ndim == 2 else text


def tensor(array, after=""):
    return f"tensor({rows(array, between=',  ')}{after})"


def jax(array):
    return f"Array({rows(array)}, dtype=float32)"


def matlab(array, factor=1.0):
    lines = ["    ".join(f"{x / factor:.7f}" for x in row) for row in column(array)]
    head = f"   {factor:.1e} *\n\n" if factor != 1 else ""
    return head + "".join(f"   {line}\n" for line in lines)


def column(array):
    return array[:, None] if array.ndim == 1 else array


def julia(array):
    kind = "Matrix{Float64}" if array.ndim == 2 else "Vector{Float64}"
    size = "×".join(map(str, array.shape)) + ("-element" if array.ndim == 1 else "")
    return f"{size} {kind}:\n" + "".join(
        " " + "  ".join(f"{x:.4f}" for x in row) + "\n" for row in column(array)
    )


def r(array):
    if array.ndim == 1:
        return "[1] " + " ".join(f"{x:.4f}" for x in array) + "\n"
    head = " ".join(f"[,{j}]" for j in range(1, array.shape[1] + 1))
    return f"     {head}\n" + "".join(
        f"[{i},] " + " ".join(f"{x:.4f}" for x in row) + "\n" for i, row in enumerate(array, 1)
    )


def every(write, parameters=P, gradient=G, form="{name} = {text}\n", slope="d{name}"):
    """Print everything under plain names, array by array."""
    named = {**parameters, **{slope.format(name=n): a for n, a in gradient.items()}, "X": X, "Y": Y}
    return "".join(form.format(name=name, text=write(array)) for name, array in named.items())


def data(write=lambda array: str(array.tolist())):
    return f"X = {write(X)}\nY = {write(Y)}\n"


def turned(arrays):
    return {name: array.T if array.ndim == 2 else array for name, array in arrays.items()}


def blocks(write, arrays, names):
    return ", ".join(f"'{names[name]}': {write(array)}" for name, array in arrays.items())


def flax(arrays):
    parts = ("bias", "b", ""), ("kernel", "W", "T")
    layers = {
        f"Dense_{i - 1}": {
            part: jax(arrays[f"{letter}{i}"].T if turn else arrays[f"{letter}{i}"])
            for part, letter, turn in parts
        }
        for i in (1, 2)
    }
    text = str({"params": layers}).replace("\\n", "\n")
    return text.replace("'Array", "Array").replace(")'", ")")


def keras(arrays, kind):
    return "[" + ", ".join(
        (f"<tf.Variable '{KERAS[name]}' shape={array.shape} dtype=float32" if kind == "Variable"
         else f"<tf.Tensor: shape={array.shape}, dtype=float32")
        + f", numpy=\narray({rows(array)}, dtype=float32)>"
        for name, array in turned(arrays).items()
    ) + "]\n"  # fmt: skip


def micrograd():
    values = []
    for layer, (fan_in, fan_out) in enumerate(((3, 4), (4, 2)), 1):
        W, b, dW, db = (a[f"{n}{layer}"] for a in (P, G) for n in "Wb")
        for unit in range(fan_out):
            values += [(W[unit, i], dW[unit, i]) for i in range(fan_in)] + [(b[unit], db[unit])]
    return "[" + ", ".join(f"Value(data={w}, grad={g})" for w, g in values) + "]\n" + data()


def npz():
    file = io.BytesIO()
    np.savez(file, X=X, Y=Y, **{TORCH[n]: a for n, a in P.items()},
             **{f"{TORCH[n]}.grad": a for n, a in G.items()})  # fmt: skip
    return file.getvalue()


def loop(form, arrays=None):
    return "".join(
        form.format(name=TORCH[n], value=tensor(P[n]), slope=tensor(G[n])) for n in arrays or P
    ) + data(tensor)  # fmt: skip


SEQUENTIAL = """Sequential(
  (0): Linear(in_features=3, out_features=4, bias=True)
  (1): Tanh()
  (2): Linear(in_features=4, out_features=2, bias=True)
)
"""
FLUX = """Chain(
  Dense(3 => 4, tanh),                  # 16 parameters
  Dense(4 => 2),                        # 10 parameters
)                   # Total: 4 arrays, 26 parameters, 360 bytes.
"""
PRINTS = {
    "NumPy": every(str),
    "lists": every(lambda array: str(array.tolist())),
    "a Python dict": str({n: a.tolist() for n, a in P.items()} | {"X": X.tolist(), "Y": Y.tolist()}
                         | {f"d{n}": a.tolist() for n, a in G.items()}),
    "a dict of arrays": "{" + every(lambda a: f"array({rows(a)}),", form="'{name}': {text} ") + "}",
    "grads['W1']": every(str, gradient={}) + "".join(
        f"grads['{n}'] = {rows(a)}\n" for n, a in G.items()),
    "lower-case names": every(str).replace("W", "w"),
    "below headings": "Parameters:\n" + every(rows, gradient={})
    + "\nGradients:\n" + "".join(f"{n} = {rows(a)}\n" for n, a in G.items()),
    "gradient of": every(rows, gradient={}) + "".join(
        f"gradient of {n}:\n{rows(a)}\n" for n, a in G.items()),
    "weights and biases in lists": "".join(
        f"{word} = [{', '.join(f'array({rows(group[letter + i])})' for i in '12')}]\n"
        for word, letter, group in (("weights", "W", P), ("biases", "b", P), ("grads_w", "W", G),
                                    ("grads_b", "b", G))) + data(),
    "JAX": every(jax),
    "DeviceArray": every(jax).replace("Array(", "DeviceArray("),
    "Flax": f"params = {flax(P)}\ngrads = {flax(G)}\n{data(jax)}",
    "Flax, twice": f"{flax(P)}\n{flax(G)}\n{data(jax)}",
    "JAX pairs": "".join(
        f"{word} = [({jax(g['W1'])}, {jax(g['b1'])}), ({jax(g['W2'])}, {jax(g['b2'])})]\n"
        for word, g in (("params", P), ("grads", G))) + data(jax),
    "Keras": keras(P, "Variable") + keras(G, "Tensor") + data(
        lambda a: f"<tf.Tensor: shape={a.shape}, dtype=float32, numpy=\narray({rows(a)})>"),
    "Keras, by name": every(lambda a: f"tf.Tensor(\n{rows(a)}, shape={a.shape}, dtype=float32)"),
    "Keras get_weights": "".join(
        "[" + ", ".join(f"array({rows(a)}, dtype=float32)" for a in turned(g).values()) + "]\n"
        for g in (P, G)) + data(),
    "Keras 3": "".join(
        f"<Variable path=sequential/{KERAS[n][:-2]}, shape={a.shape}, dtype=float32, "
        f"value={rows(a)}>\n" for n, a in turned(P).items())
    + "".join(f"grads['{n}'] = {rows(a)}\n" for n, a in turned(G).items()) + data(),
    "PyTorch": every(tensor),
    "PyTorch, .grad": every(tensor, slope="{name}.grad", form="{name}: {text}\n"),
    "named_parameters": loop("{name} Parameter containing:\n{value}\n{name}.grad {slope}\n"),
    "named_parameters, lines": loop("{name}\nParameter containing:\n{value}\ngrad: {slope}\n"),
    "named_parameters, both": loop("{name} {value} {slope}\n"),
    "named_parameters, twice": loop("{name} {value}\n").replace("X", "", 1).split("=")[0].rstrip()
    + "\n" + loop("{name} {slope}\n"),
    "the quickstart": loop("Layer: {name} | Size: torch.Size([4, 3]) | Values : {value} \n"
                           "Layer: {name} | grad : {slope} \n"),
    "parameters()": "[" + ", ".join(f"Parameter containing:\n{tensor(a, ', requires_grad=True')}"
                                    for a in P.values()) + "]\n["
    + ", ".join(map(tensor, G.values())) + f"]\n{tensor(X)} {tensor(Y)}\n",
    "state_dict": "OrderedDict([" + ", ".join(f"('{TORCH[n]}', {tensor(a)})" for n, a in P.items())
    + "])\n{" + blocks(tensor, G, TORCH) + "}\n" + data(tensor),
    "state_dict, newer": "OrderedDict({" + blocks(tensor, P, TORCH) + "})\ngrads = {"
    + blocks(tensor, G, TORCH) + "}\n" + data(tensor),
    "a model and its loss": SEQUENTIAL + "criterion = nn.MSELoss()\n" + every(tensor),
    "nvidia": every(lambda a: tensor(a, ", device='cuda:0', grad_fn=<AddBackward0>)").rstrip(")")
                    + ")"),
    "Julia": every(lambda a: julia(a) + "\n", form="julia> {name}\n{text}"),
    "Julia @show": every(lambda a: rows(a, "", "", " ", "; ") if a.ndim == 2 else rows(a),
                         form="{name} = [{text}]\n").replace("[[", "[").replace("]]", "]"),
    "a named tuple": "("
    + every(lambda a: rows(a, "", "", " ", "; ") if a.ndim == 2 else rows(a),
            form="{name} = Float32[{text}], ").replace("[[", "[").replace("]]", "]") + ")",
    "Flux": FLUX + "".join(
        f"{word} = (layers = (" + ", ".join(
            f"(weight = Float32[{rows(g[f'W{i}'], '', '', ' ', '; ')}], "
            f"bias = Float32{rows(g[f'b{i}'])}, σ = nothing)" for i in (1, 2)) + "),)\n"
        for word, g in (("ps", P), ("grads", G))) + every(rows, {}, {}),
    "MATLAB": every(matlab, form="\n{name} =\n\n{text}\n"),
    "MATLAB, scaled": every(lambda a: matlab(a, 1e3), form="\n{name} =\n\n{text}\n"),
    "Octave": every(lambda a: matlab(a).replace("   ", "  "), form="{name} =\n\n{text}\n"),
    "a struct of MATLAB": every(matlab, gradient={}, form="{name} =\n{text}\n")
    + "".join(f"grads.{n} =\n\n{matlab(a)}\n" for n, a in G.items()),
    "MATLAB literals": every(lambda a: rows(column(a), "", "", " ", "; "),
                             form="{name} = [{text}];\n"),
    "R": every(r, form="> {name}\n{text}"),
    "a list of R": every(r, gradient={}, form="${name}\n{text}\n")
    + "".join(f"$grads${n}\n{r(a)}\n" for n, a in G.items()),
    "micrograd": micrograd(),
    "an .npz of a state dict": npz(),
}  # fmt: skip


def check(submission, gradient=G):
    assert submission.network == NETWORK
    np.testing.assert_allclose(submission.X, X)
    np.testing.assert_allclose(submission.Y, Y)
    for name in NETWORK.shapes:
        np.testing.assert_allclose(submission.parameters[name], P[name], atol=1e-7, err_msg=name)
        np.testing.assert_allclose(
            submission.gradient[name], gradient[name], atol=1e-7, err_msg=name
        )


@pytest.mark.parametrize("library", PRINTS)
def test_every_library_prints_the_same_gradient(library):
    check(read_submission(PRINTS[library], NETWORK))


@pytest.mark.parametrize(
    ("text", "gradient"),
    [
        ("db1 = [np.float64(0.1), np.float64(-2e-3)]", {"db1": [0.1, -0.002]}),
        ("db1 = [tensor(0.1), tensor(0.2, grad_fn=<AddBackward0>)]", {"db1": [0.1, 0.2]}),
        ("dW1 = {{1e-3, 2.}, {-0.25, 3}};\ndouble db1[2] = {1, 2};",
         {"dW1": [[0.001, 2], [-0.25, 3]], "db1": [1, 2]}),
        ("dW1 = [[1, 2],\n [3, 4]], shape=[2, 2], strides=[2, 1]", {"dW1": [[1, 2], [3, 4]]}),
        ("In [12]: dW1\nOut[12]: \narray([[0.1, 0.2]])\n\nIn [3]: db1\n   ...: \n[3]\n",
         {"dW1": [[0.1, 0.2]], "db1": [3]}),
        (">>> for b in W1:\n...     print(b)\n... \n>>> dW1\narray([[1, 2]])", {"dW1": [[1, 2]]}),
        (">>> print(dW1)\n[[1 2]]\n", {"dW1": [[1, 2]]}),
        ("```python\ndW1 = [[1, 2]]\n```\n", {"dW1": [[1, 2]]}),
        ("dW1\nTensor\n    [[1, 2],\n     [3, 4]]", {"dW1": [[1, 2], [3, 4]]}),
        ("∇W₁ = [1 2; 3 4]", {"∇W₁": [[1, 2], [3, 4]]}),
    ],
)  # fmt: skip
def test_what_stands_around_numbers_is_passed_over(text, gradient):
    assert {name: array.tolist() for name, array in read_arrays(text).items()} == gradient
    assert all(find_role(name).kind == "gradient" for name in gradient)


@pytest.mark.parametrize(
    "name", ["dL_dW1", "dloss_dW1", "gW1", "W1_grad", "grad_w1", "W1.grad", "grads.W1", "∂L/∂W1"]
)
def test_a_gradient_has_many_names(name):
    assert find_role(name) == Role("gradient", "W1")


@pytest.mark.parametrize("name", ["W1.T", "W_grad1", "Theta1", "dW1_numerical", "features", ""])
def test_what_is_not_known_is_not_guessed(name):
    assert find_role(name).kind == "unknown"


def test_a_wide_array_comes_in_blocks_of_columns():
    wide = RNG.normal(size=(2, 6)).round(4)
    columns = [(0, 4), (4, 6)]
    blocks_of_matlab = "".join(
        f"  Columns {a + 1} through {b}\n\n{matlab(wide[:, a:b])}\n" for a, b in columns
    )
    blocks_of_r = "".join(
        " ".join(f"[,{j}]" for j in range(a + 1, b + 1)) + "\n"
        + "".join(f"[{i},] " + " ".join(f"{x:.4f}" for x in row[a:b]) + "\n"
                  for i, row in enumerate(wide, 1))
        for a, b in columns
    )  # fmt: skip
    network = Network((6, 2), ("linear",))
    rest = "db1 = [1, 2]\nb1 = [1, 2]\nW1 = " + rows(np.ones((2, 6))) + "\n"
    rest += "X = " + rows(np.ones((1, 6))) + "\nY = [[1, 2]]\n"
    for text in (f"dW1 =\n\n{blocks_of_matlab}", f"$dW1\n{blocks_of_r}"):
        submission = read_submission(f"{rest}\n{text}", network)
        np.testing.assert_allclose(submission.gradient["W1"], wide)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dW1 = [[0.1 ... 0.2]]", "set_printoptions"),
        ("dW1 =\n4×100 Matrix{Float64}:\n 0.1  0.2  …  0.3\n", "set_printoptions"),
        ("3×3 Matrix{Float64}:\n 0.1 0.2\n ⋮\n", "println(W1) in Julia"),
        ("grads = \n  struct with fields:\n\n    W1: [2×2 double]\n", "disp(grads.W1) in MATLAB"),
        ("[1] 0.1 0.2\n [ reached getOption(\"max.print\") -- omitted 9 entries ]", "in R"),
    ],
)  # fmt: skip
def test_a_print_that_leaves_numbers_out_is_told_how_to_print_all(text, words):
    with pytest.raises(InputError, match="leaves numbers out") as caught:
        read_submission(text, NETWORK)
    assert words in caught.value.hint


def test_three_dots_of_prose_leave_nothing_out():
    check(read_submission("Training ...\ndone...\n" + PRINTS["NumPy"], NETWORK))
