"""What losses and activations are called elsewhere, in documents and in prints."""

import json

import numpy as np
import pytest

from backprop.engine.errors import InputError, UnknownNameError
from backprop.engine.network import Network
from backprop.notation.submission.conventions import read_activation
from backprop.notation.submission.foreign import FIRST_BYTES
from backprop.notation.submission.printed import find_library, read_arrays
from backprop.notation.submission.printed_conventions import take_conventions
from backprop.notation.submission.read import read_submission

ACTIVATIONS = {
    "tanh": ("nn.Tanh()", "Tanh", "torch.tanh", "keras.activations.tanh", "np.tanh"),
    "sigmoid": ("Sigmoid()", "logistic", "σ", "NNlib.sigmoid", "tf.nn.sigmoid"),
    "relu": ("ReLU", "nn.ReLU(inplace=True)", "F.relu", "jax.nn.relu"),
    "leaky_relu": ("LeakyReLU()", "nn.LeakyReLU(0.01)", "LeakyReLU(negative_slope=0.01)"),
    "softplus": ("Softplus", "jax.nn.softplus"),
    "softmax": ("Softmax(dim=1)", "LogSoftmax(dim=-1)", "log_softmax"),
    "linear": ("Identity()", "linear", "None", "identity"),
}
LOSSES = {
    "mean_squared_error": ("MSELoss", "nn.MSELoss()", "mse", "MeanSquaredError()", "F.mse_loss"),
    "binary_cross_entropy": ("BCELoss", "binary_crossentropy", "log_loss", "BCEWithLogitsLoss()"),
    "cross_entropy": ("CrossEntropyLoss()", "NLLLoss", "F.nll_loss", "categorical_crossentropy"),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_has_many_names(name):
    assert {read_activation(spelled) for spelled in ACTIVATIONS[name]} == {name}


@pytest.mark.parametrize("slope", ["0.2", "negative_slope=0.2", "alpha=0.3", "x"])
def test_another_slope_of_leaky_relu_is_refused_for_it_is_another_function(slope):
    with pytest.raises(InputError, match=r"has another slope below 0 than leaky_relu here, 0\.01"):
        read_activation(f"nn.LeakyReLU({slope})")


def document(loss, activations, outputs=2, **more):
    arrays = {"W1": np.ones((3, 2)), "b1": np.ones(3), "W2": np.ones((outputs, 3))}
    arrays["b2"] = np.ones(outputs)
    given = {name: array.tolist() for name, array in arrays.items()}
    X, Y = [[1, 2], [3, 4]], [[0] * (outputs - 1) + [1]] * 2
    here = {"loss": loss, "activations": activations, "X": X, "Y": Y, **more}
    return json.dumps({"sizes": [2, 3, outputs], "parameters": given, "gradient": given, **here})


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_has_many_names(name):
    last = "softmax" if name == "cross_entropy" else "sigmoid"
    for spelled in LOSSES[name]:
        submission = read_submission(document(spelled, ["Tanh", last]))
        assert (submission.network.loss, submission.network.activations) == (name, ("tanh", last))


@pytest.mark.parametrize(
    ("loss", "activations", "last"),
    [
        ("BCEWithLogitsLoss", ["tanh", "Identity"], "sigmoid"),
        ("BinaryCrossentropy(from_logits=True)", ["tanh", "linear"], "sigmoid"),
        ("CrossEntropyLoss", ["tanh", "linear"], "softmax"),
        ("CrossEntropyLoss", ["tanh"], "softmax"),
        ("MSELoss", ["tanh"], "linear"),
        ("BCELoss", ["tanh", "sigmoid"], "sigmoid"),
    ],
)
def test_what_a_loss_does_with_the_outputs_itself_is_written_so(loss, activations, last):
    submission = read_submission(document(loss, activations))
    assert submission.network.activations == ("tanh", last)
    assert any(last in note for note in submission.notes) == (last not in activations)


def test_a_reduction_may_stand_in_the_loss():
    submission = read_submission(document("nn.MSELoss(reduction='sum')", ["tanh", "linear"]))
    np.testing.assert_allclose(submission.gradient["b1"], np.ones(3) / 4)
    with pytest.raises(UnknownNameError, match="“none” is not a reduction"):
        read_submission(document("MSELoss(reduction='none')", ["tanh", "linear"]))
    with pytest.raises(UnknownNameError, match="is not a loss I know"):
        read_submission(document("MSELoss" * 40, ["tanh", "linear"]))


def test_a_print_may_say_what_its_network_is():
    text = (
        "activations: ['tanh', nn.ReLU()]\nself.loss_fn = nn.MSELoss()  # mean\n"
        "reduction: 'sum'\nloss = 0.298\ncriterion = 1e-3\nsizes: none\n"
    )
    document, rest = take_conventions(text)
    assert document == {
        "activations": ["tanh", "nn.ReLU()"],
        "loss": "nn.MSELoss()",
        "reduction": "sum",
    }
    assert rest.split() == ["loss", "=", "0.298", "criterion", "=", "1e-3", "sizes:", "none"]
    assert take_conventions("sizes = [2; 3]\nloss: 'a b'")[0] == {}


def test_a_printed_model_says_sizes_and_activations():
    net = (
        "Net(\n  (fc1): Linear(in_features=2, out_features=3, bias=True)\n  (fc2): Linear("
        "in_features=3, out_features=1, bias=True)\n  (act): Tanh()\n  (drop): Dropout(p=0.5)\n)\n"
    )
    document, rest = take_conventions(net)
    assert document == {"sizes": [2, 3, 1], "activations": ["Tanh()", "identity"]}
    assert rest.strip() == ")"
    document, _ = take_conventions("Chain(\n  Dense(2 => 3, σ; bias=false),\n  Dense(3 => 1),\n)")
    assert document == {"sizes": [2, 3, 1], "activations": ["σ", "identity"]}


def test_weights_tell_another_network_than_the_one_here():
    here = Network((2, 3, 2), ("tanh", "sigmoid"))
    arrays = {"W1": (4, 5), "b1": (4,), "W2": (3, 4), "b2": (3,), "W3": (1, 3), "b3": (1,)}
    text = "".join(
        f"{d}{n} = {np.ones(s).tolist()}\n" for d in ("", "d") for n, s in arrays.items()
    )
    submission = read_submission(text + "X = [[1, 2, 3, 4, 5]]\nY = [[1]]", here)
    assert submission.network == Network((5, 4, 3, 1), ("tanh", "tanh", "sigmoid"))
    assert submission.notes[:2] == (
        "I took the sizes 5, 4, 3, 1 from the weights.",
        "For its layers I took tanh, tanh, sigmoid.",
    )


@pytest.mark.parametrize("begin", [*FIRST_BYTES, (20).to_bytes(8, "little") + b'{"'])
def test_a_file_of_something_else_is_told_as_what_it_is(begin):
    with pytest.raises(InputError, match="This is ") as caught:
        read_arrays(begin + bytes(40))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("W1 = Array([1.], dtype=float32)", "JAX"),
        ("<tf.Variable 'dense/kernel:0'", "Keras"),
        ("W1 = Float32[1.0 2.0]", "Julia"),
        ("     [,1] [,2]\n", "R"),
        ("W1 =\n\n  0.1  0.2\n", "MATLAB"),
        ("[Value(data=1, grad=2)]", "micrograd"),
    ],
)
def test_whose_print_it_is_is_said(text, words):
    assert words in find_library(text)
    assert find_library("W1 = [[1. 2.]]") == ""


def test_rows_that_are_too_many_are_refused():
    with pytest.raises(InputError, match="too many lines"):
        read_arrays("W1 =\n\n" + "  0.1  0.2\n" * 9_000)
    lists = "W1 =\n[" + ",\n".join("[0.1, 0.2]" for _ in range(9_000)) + "]"
    assert read_arrays(lists)["W1"].shape == (9_000, 2)  # brackets are read by another way
    with pytest.raises(InputError, match="numbers that stand alone"):
        read_arrays("a = 1\n" * 5_000)
    with pytest.raises(InputError, match="more than 5,000 entries"):
        read_arrays("".join(f"w1_1_{i},0.5\n" for i in range(1, 6_000)))
    with pytest.raises(InputError, match="more than 8,000 values"):
        read_submission("[" + "Value(data=1, grad=2), " * 9_000 + "]", Network((1, 1), ("tanh",)))
    with pytest.raises(InputError, match="too many lines with a word in them"):
        read_arrays("W1,0.5,0.25\n" * 11_000)
