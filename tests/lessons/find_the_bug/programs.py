"""Runs the printed lines of a backward pass on the numbers of its example."""

import numpy as np

from backprop.lessons.find_the_bug.code import print_lines

ACTIVATIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
}


def forward(example):
    """Return every array of the forward pass, by the name that the lines give it."""
    setup, writing = example.setup, example.writing
    a, arrays = setup.X, {writing.a(0): setup.X, writing.target: setup.Y}
    for layer, activation in enumerate(setup.network.activations, 1):
        z = a @ setup.parameters[f"W{layer}"].T + setup.parameters[f"b{layer}"]
        a = ACTIVATIONS[activation](z)
        arrays |= {writing.z(layer): z, writing.a(layer): a}
    if not writing.batch:
        arrays = {name: array[0] for name, array in arrays.items()}
    return arrays | {name: w for name, w in setup.parameters.items() if name[0] == "W"}


def run(example, lines):
    """Return the gradient that the printed lines give: W1, b1 …"""
    names = {"np": np, "sigmoid": ACTIVATIONS["sigmoid"]}
    exec("\n".join(print_lines(lines)), names)
    arrays = forward(example)
    arguments = lines[0].formula.removeprefix("def backward(").removesuffix("):").split(", ")
    gradient = names["backward"](*(arrays[name] for name in arguments))
    return dict(zip(example.setup.network.shapes, gradient, strict=True))
