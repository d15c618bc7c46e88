"""A gradient that a learner brings: what is read, guessed, converted, and refused."""

import io
import json

import numpy as np
import pytest

from backprop.engine.errors import InputError, ShapeError, UnknownNameError
from backprop.engine.network import Network
from backprop.notation.submission.read import read_submission
from backprop.notation.submission.report import check_submission

NETWORK = Network((3, 2, 2), ("tanh", "sigmoid"))
RNG = np.random.default_rng(5)
PARAMETERS = {name: RNG.normal(size=shape) for name, shape in NETWORK.shapes.items()}
X, Y = RNG.normal(size=(4, 3)), RNG.uniform(size=(4, 2))
GRADIENT = NETWORK.loss_and_gradient(PARAMETERS, X, Y)[1]
HERE = {**PARAMETERS, "X": X, "Y": Y}
DOCUMENT = {
    "title": "by hand",
    "sizes": [3, 2, 2],
    "activations": ["tanh", "sigmoid"],
    "loss": "half_squared_error",
    "shared_biases": False,
    "parameters": {name: array.tolist() for name, array in PARAMETERS.items()},
    "X": X.tolist(),
    "Y": Y.tolist(),
    "gradient": {name: array.tolist() for name, array in GRADIENT.items()},
}


def prints(arrays, prefix="", suffix=""):
    return "".join(
        f"{prefix}{name}{suffix} = {np.asarray(a).tolist()}\n" for name, a in arrays.items()
    )


def document(**changes):
    members = {name: value for name, value in (DOCUMENT | changes).items() if value is not None}
    return json.dumps(members)


def same(submission, wanted):
    assert submission.keys() == wanted.keys()
    for name, array in wanted.items():
        np.testing.assert_allclose(submission[name], array, rtol=1e-12)


def refused(words, given, *beside):
    with pytest.raises(InputError) as caught:
        read_submission(given, *beside)
    assert words in str(caught.value)


def test_a_document_that_names_its_conventions_needs_nothing_else():
    submission = read_submission(document())
    assert (submission.network, submission.source, submission.notes) == (NETWORK, "JSON", ())
    same(submission.parameters, PARAMETERS)
    same(submission.gradient, GRADIENT)
    np.testing.assert_array_equal(submission.X, X)
    np.testing.assert_array_equal(submission.Y, Y)


def test_what_is_read_cannot_be_changed():
    submission = read_submission(document(loss="squared_error"))
    for array in (
        submission.X,
        submission.Y,
        *submission.parameters.values(),
        *submission.gradient.values(),
    ):
        assert not array.flags.writeable


@pytest.mark.parametrize(
    ("prefix", "suffix"),
    [
        ("d", ""),
        ("grad_", ""),
        ("g_", ""),
        ("dL/d", ""),
        ("∂L/∂", ""),
        ("", ".grad"),
        ("", "_grad"),
    ],
)
def test_gradients_are_known_by_many_names(prefix, suffix):
    submission = read_submission(prints(HERE) + prints(GRADIENT, prefix, suffix), NETWORK)
    same(submission.gradient, GRADIENT)
    assert (submission.notes, submission.source) == ((), "a NumPy or PyTorch print")


def test_an_npz_file_is_read_like_a_print():
    file = io.BytesIO()
    np.savez(file, **HERE, **{f"d{name}": array for name, array in GRADIENT.items()})
    submission = read_submission(file.getvalue(), NETWORK)
    same(submission.gradient, GRADIENT)
    assert submission.source == "an .npz file"


def test_a_table_of_entries_is_read_too():
    values, slopes = NETWORK.scalars(PARAMETERS), NETWORK.scalars(GRADIENT)
    rows = "".join(f"{name},{values[name]!r},{slopes[name]!r}\n" for name in values)
    submission = read_submission(f"parameter,value,gradient\n{rows}", NETWORK, {"X": X, "Y": Y})
    same(submission.gradient, GRADIENT)
    same(submission.parameters, PARAMETERS)


def test_a_loss_and_a_seed_beside_the_arrays_are_passed_over():
    submission = read_submission("seed = 1\nL = 0.298\n" + prints(GRADIENT, "d"), NETWORK, HERE)
    same(submission.gradient, GRADIENT)


def test_what_is_left_out_comes_from_the_page_and_that_is_said():
    submission = read_submission(prints(GRADIENT, "d"), NETWORK, HERE)
    same(submission.parameters, PARAMETERS)
    assert submission.notes == (
        "W1, b1, W2, b2, X, Y are those of the network here; you gave none.",
    )


def test_pytorchs_names_are_guessed_by_their_order_and_that_is_said():
    layers = {"W1": "0.weight", "b1": "0.bias", "W2": "2.weight", "b2": "2.bias"}
    named = {layers[name]: array for name, array in PARAMETERS.items()}
    slopes = {f"{layers[name]}.grad": array for name, array in GRADIENT.items()}
    submission = read_submission(prints(named) + prints(slopes), NETWORK, {"X": X, "Y": Y})
    same(submission.gradient, GRADIENT)
    assert "0.weight for W1, 2.weight for W2" in submission.notes[0]
    loose = {"layers.0": "fc1", "layers.1": "out"}
    for one, other in (loose, loose.values()):
        layers = {
            f"{letter}{i}": f"{at}.{word}.grad"
            for i, at in enumerate((one, other), 1)
            for letter, word in (("W", "weight"), ("b", "bias"))
        }
        slopes = {layers[name]: array for name, array in GRADIENT.items()}
        same(read_submission(prints(slopes), NETWORK, HERE).gradient, GRADIENT)


def test_arrays_without_names_are_taken_in_order_and_that_is_said():
    plain = "\n".join(str(array.tolist()) for array in GRADIENT.values())
    submission = read_submission(plain, NETWORK, HERE)
    same(submission.gradient, GRADIENT)
    assert submission.notes[0].endswith("I took them for dW1, db1, dW2, db2, in this order.")
    numbers = "\n".join(str(array.tolist()) for array in PARAMETERS.values())
    submission = read_submission(f"{numbers}\n{plain}", NETWORK, HERE)
    same(submission.parameters, PARAMETERS)
    refused("There are 3 arrays without names; the network has 4.", "[1]\n[2]\n[3]", NETWORK, HERE)


def test_sizes_and_activations_that_are_not_named_are_guessed_and_said():
    text = prints(PARAMETERS) + prints(GRADIENT, "d") + prints({"inputs": X, "targets": Y})
    submission = read_submission(text)
    assert submission.network == Network(
        (3, 2, 2), ("tanh", "sigmoid")
    )  # these explain the gradient
    assert [note.partition(" ")[2][:12] for note in submission.notes] == [
        *("took the siz", "activations ", "loss is name", "names the ne")
    ]
    assert read_submission(prints(GRADIENT, "d"), None, HERE).network.sizes == (3, 2, 2)
    refused("Nothing says what network this belongs to.", "X = [1]")
    refused("There is no gradient here. Name each array: dW1, db1;", "W1 = [1]")


def test_axes_of_one_may_be_missing_or_too_many_and_that_is_said():
    changed = GRADIENT | {"b1": GRADIENT["b1"][None], "b2": GRADIENT["b2"][:, None]}
    submission = read_submission(prints(changed, "d"), NETWORK, HERE | {"X": X, "Y": Y})
    same(submission.gradient, GRADIENT)
    assert "db1 is (1, 2); I took it for (2,)." in submission.notes
    one = {"X": X[0], "Y": Y[0]}
    submission = read_submission(prints(one) + prints(GRADIENT, "d"), NETWORK, PARAMETERS)
    assert (submission.X.shape, submission.Y.shape) == ((1, 3), (1, 2))


def test_classes_are_written_as_rows_with_a_1_and_that_is_said():
    network = Network((3, 2, 2), ("tanh", "softmax"), "cross_entropy")
    text = "Y = [0 1 1 0]\n" + prints(GRADIENT, "d")
    submission = read_submission(text, network, HERE)
    assert submission.Y.tolist() == [[1, 0], [0, 1], [0, 1], [1, 0]]
    assert "Y holds classes counted from 0" in submission.notes[1]
    refused("Y names a class that is none of 0 … 1.", text.replace("[0 ", "[2 "), network, HERE)


@pytest.mark.parametrize(
    ("loss", "named", "factor"),
    [
        ("half_squared_error", {"reduction": "mean"}, 1),
        ("half_squared_error", {"reduction": "sum"}, 4),
        ("half_squared_error", {"half": False}, 2),
        ("half_squared_error", {"loss": "squared_error"}, 2),
        ("half_squared_error", {"loss": "squared_error", "half": True}, 1),
        ("half_squared_error", {"loss": "sum_of_squares", "reduction": "sum"}, 8),
        ("mean_squared_error", {"loss": "mse"}, 1),
        ("mean_squared_error", {"reduction": "sum"}, 8),
        ("mean_squared_error", {"half": True}, 0.5),
        ("binary_cross_entropy", {"loss": "bce", "reduction": "sum"}, 8),
    ],
)
def test_a_loss_that_is_a_multiple_of_ours_is_converted_and_that_is_said(loss, named, factor):
    network = Network((3, 2, 2), ("tanh", "sigmoid"), loss)
    exact = network.loss_and_gradient(PARAMETERS, X, Y)[1]
    theirs = {name: (factor * array).tolist() for name, array in exact.items()}
    inner = {"dZ2": np.full((4, 2), factor).tolist(), "A1": np.ones((4, 2)).tolist()}
    given = document(**{"loss": loss, **named}, gradient=theirs, intermediates=inner)
    submission = read_submission(given)
    assert submission.network == network
    same(submission.gradient, exact)
    assert np.all(submission.intermediates["dZ2"] == 1)
    assert np.all(submission.intermediates["A1"] == 1)
    assert len(submission.notes) == (factor != 1)
    assert all(f"is {factor:g} times ours; I divided" in note for note in submission.notes)


def test_a_scaled_loss_beside_a_penalty_is_refused():
    refused("Beside a loss that is not scaled as ours", document(reduction="sum", l2=0.1))
    assert read_submission(document(l2=0.1, l1=1)).network.l2 == 0.1


def test_what_a_document_names_wins_over_what_is_known():
    submission = read_submission(document(activations="tanh", sizes=None), NETWORK)
    assert submission.network == Network((3, 2, 2), ("tanh", "tanh"))
    assert read_submission(
        document(shared_biases=True, gradient=GRADIENT_OF_ONE, parameters=ONE)
    ).network.shared_biases


ONE = {"W1": DOCUMENT["parameters"]["W1"], "b1": [0.1], "W2": DOCUMENT["parameters"]["W2"], "b2": 1}
GRADIENT_OF_ONE = ONE


def test_intermediates_are_known_by_their_names():
    inner = {"z1": Y.tolist(), "a_2": Y.tolist(), "delta2": Y.tolist(), "dA1": Y.tolist()}
    submission = read_submission(document(intermediates=inner))
    assert list(submission.intermediates) == ["Z1", "A2", "dZ2", "dA1"]
    given = prints(GRADIENT, "d") + prints({"dZ1": Y, "δ2": Y})
    assert list(read_submission(given, NETWORK, HERE).intermediates) == ["dZ1", "dZ2"]


def changed(**arrays):
    kept = {f"d{name}": array for name, array in GRADIENT.items()} | arrays
    return prints({name: array for name, array in kept.items() if array is not None})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (changed(dW1=GRADIENT["W1"].T, W1=PARAMETERS["W1"]), "dW1 is (3, 2), expected (2, 3): is"),
        (changed(W1=PARAMETERS["W1"].T), "W1 is (3, 2), expected (2, 3): is it the transpose?"),
        (changed(db1=np.ones((4, 2))), "db1 is (4, 2), expected (2,). Has it a row for each"),
        (changed(dW1=np.ones(6)), "dW1 is (6,), expected (2, 3). It has as many numbers"),
        (changed(dW2=np.ones((4, 2))), "dW2 is (4, 2), expected (2, 2). The first number of"),
        (changed(X=X[:, :2]), "X is (4, 2), expected (4, 3)."),
        (changed(Y=Y[:3]), "Y is (3, 2), expected (4, 2)."),
        (changed(db2=None), "db2 is missing. The shape of db2 is (2,)."),
        (changed(db2=None, dW1=None), "dW1, db2 are missing."),
        (prints(PARAMETERS), "There is no gradient here. Name each array: dW1, db1, dW2, db2;"),
        (changed(dWest=[1]), "I do not know what dWest is."),
        (changed(dW3=[1]), "I do not know what dW3 is. The network has W1, b1, W2, b2;"),
        (changed(spam=[1], Z3=[1], **{"e" * 90: [1]}), "I do not know what spam, "),
        (changed(weight1=X, W1=X), "I do not know what W1 is."),
    ],
)
def test_an_array_that_does_not_fit_is_named_with_both_shapes(given, words):
    refused(words, given, NETWORK, HERE)
    with pytest.raises(ShapeError):
        read_submission(given, NETWORK, HERE)


def test_a_missing_parameter_or_target_is_named():
    refused("W1, b1, W2, b2, X, Y are missing. The shape of W1", prints(GRADIENT, "d"), NETWORK)
    beside = (NETWORK, PARAMETERS | {"X": X})
    refused("Y is missing. Give a row for each example.", prints(GRADIENT, "d"), *beside)


def test_a_shared_bias_is_explained():
    shared = Network((3, 2, 2), ("tanh", "sigmoid"), shared_biases=True)
    refused("The units of a layer share one bias here", changed(), shared, HERE)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"loss": "hinge"}, "“hinge” is not a loss I know."),
        ({"loss": 3}, "“3” is no name for “loss”."),
        ({"reduction": "none"}, "“none” is not a reduction I know."),
        ({"half": 1}, "“1” does not answer “half”. It is true or false."),
        ({"sizes": "3,2,2"}, "“3,2,2” cannot be the sizes of a network."),
        ({"sizes": [3, True, 2]}, "cannot be the sizes of a network."),
        ({"sizes": [3]}, "cannot be the sizes of a network"),
        ({"activations": 5}, "“5” are no activations."),
        ({"activations": ["swish", "tanh"]}, "“swish” is not the name of a known activation."),
        ({"l1": True}, "“True” is not a strength for “l1”."),
        ({"colour": "red"}, "“colour” is not a convention I know."),
        ({"gradient": 3}, "“3” names no arrays."),
        ({"gradient": {"W1": [[0, "x"]]}}, "is not a number; it belongs to “W1”."),
        ({"parameters": {"dW1": [[0]]}}, "I do not know what dW1 is."),
        ({"intermediates": {"W1": [[0]], "dW1": [1]}}, "I do not know what W1, dW1 are."),
    ],
)
def test_a_convention_that_cannot_be_read_is_named(changes, words):
    refused(words, document(**changes))


def test_an_unknown_loss_is_an_unknown_name():
    with pytest.raises(UnknownNameError):
        read_submission(document(loss="hinge"))


def test_a_function_is_read_where_no_network_is_asked_for():
    given = {"expression": "x y + 1", "at": {"x": 2, "y": 3}, "gradient": {"y": 2, "x": 3}}
    submission = read_submission(json.dumps(given))
    assert (submission.at, submission.gradient) == ({"x": 2, "y": 3}, {"x": 3, "y": 2})
    refused("This belongs to an expression", json.dumps(given), NETWORK)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"expression": 3}, "“3” is no formula."),
        ({"expression": "x +"}, "The formula ends where something should follow."),
        ({"at": {"x": 1}}, "y has no number in “at”."),
        ({"gradient": {}}, "x, y have no number in “gradient”."),
        ({"gradient": {"x": 1, "z": 1}}, "There is no variable “z”."),
        ({"at": {"x": [1, 2], "y": 1}}, "“x” is no single number."),
    ],
)
def test_a_function_that_cannot_be_read_is_refused(changes, words):
    given = {"expression": "x y", "at": {"x": 2, "y": 3}, "gradient": {"x": 3, "y": 2}}
    refused(words, json.dumps(given | changes))


# What a print says of its loss, and networks of one layer


def print_of(network, given, slopes, conventions=""):
    lines = [f"{name} = {np.asarray(array).tolist()}" for name, array in given.items()]
    acts = f"activations = [{', '.join(network.activations)}]\nloss = {network.loss}\n"
    grads = [f"d{name} = {array.tolist()}" for name, array in slopes.items()]
    return acts + conventions + "\n".join((*lines, *grads))


def regression(sizes, activations, loss, **more):
    network = Network(sizes, activations, loss, **more)
    parameters = network.initialize(1)
    X = np.random.default_rng(2).normal(size=(4, sizes[0]))
    Y = np.eye(4, sizes[-1]) if sizes[-1] > 1 else np.array([[0], [1], [1], [0]])
    return network, {**parameters, "X": X, "Y": Y}, network.loss_and_gradient(parameters, X, Y)[1]


@pytest.mark.parametrize("penalty", ["l2 = 0.02\n", "L2: 2e-2  # ridge\n", "l1 = 0\nl2 = 0.02\n"])
def test_a_penalty_that_a_print_names_is_part_of_the_loss(penalty):
    own, given, slopes = regression((2, 3, 1), ("tanh", "linear"), "mean_squared_error", l2=0.02)
    submission = read_submission(print_of(own, given, slopes, penalty), NETWORK)
    assert submission.network == own
    assert check_submission(submission).ok


def test_a_penalty_that_is_not_understood_is_said():
    own, given, slopes = regression((2, 3, 1), ("tanh", "linear"), "mean_squared_error")
    notes = read_submission(print_of(own, given, slopes, "weight_decay = 0.1\n"), NETWORK).notes
    assert any("If your loss has a penalty, name it: l2 = 0.01" in note for note in notes)


@pytest.mark.parametrize(
    ("sizes", "activation", "loss"),
    [
        ((5, 1), "sigmoid", "binary_cross_entropy"),
        ((3, 4), "softmax", "cross_entropy"),
        ((4, 2), "linear", "mean_squared_error"),
    ],
)
def test_a_regression_of_one_layer_is_read_beside_a_network_of_two(sizes, activation, loss):
    own, given, slopes = regression(sizes, (activation,), loss)
    submission = read_submission(print_of(own, given, slopes), NETWORK)
    assert submission.network == own
    assert check_submission(submission).ok


def test_a_sentence_on_gradients_makes_none_of_the_arrays_that_come_first():
    own, given, slopes = regression((2, 3, 1), ("tanh", "linear"), "mean_squared_error")
    for sentence in ("My gradients look wrong. Here is all:\n\n", "loss.backward() gives this:\n"):
        assert check_submission(
            read_submission(sentence + print_of(own, given, slopes), NETWORK)
        ).ok


def test_rows_below_a_name_and_a_colon_are_an_array():
    _, given, slopes = regression((2, 3, 1), ("tanh", "linear"), "mean_squared_error")
    arrays = {**given, **{f"d{name}": array for name, array in slopes.items()}}
    rows = (
        f"{name}:\n" + "\n".join(" ".join(map(repr, row)) for row in np.atleast_2d(array).tolist())
        for name, array in arrays.items()
    )
    text = "activations: [tanh, linear]\nloss: mse\n" + "\n".join(rows)
    assert check_submission(read_submission(text, NETWORK)).ok
