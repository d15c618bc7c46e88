"""The data that the training page offers, in teaching order: generated from a seed, or shipped."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np

from backprop.engine.errors import LimitError, UnknownNameError
from backprop.training import shapes
from backprop.training.datasets import CC_BY, OURS, Dataset, digits, iris

SIZES = (20, 2_000)
NOISES = (0, 1)
SEEDS = (0, 2**32)
SQUARE = ((-shapes.REACH, shapes.REACH),) * 2
ITSELF = "Generated here."
N = TypeVar("N", int, float)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a data set is made, and what a learner may change about it.

    Attributes:
        name: how an address spells it.
        about: one sentence: what the rows are.
        task: what is learned: "two classes", "classes" or "numbers".
        takes: what may be changed, out of "size", "noise" and "formula"; and the seed, if seeded.
        draw: how its points are generated; None for a data set that is shipped.
        load: how it is loaded; None for a data set that is generated.
        features, classes, target: what its columns and classes are called, if generated.
    """

    name: str
    title: str
    about: str
    source: str = ITSELF
    licence: str = OURS
    task: str = "two classes"
    takes: tuple[str, ...] = ("noise", "size")
    default_noise: float = 0.1
    default_size: int = 300
    default_formula: str = ""
    features: tuple[str, ...] = ("x1", "x2")
    classes: tuple[str, ...] = ()
    target: str = "class"
    draw: shapes.Draw | None = None
    load: Callable[[], Dataset] | None = None

    @property
    def is_seeded(self) -> bool:
        """Whether another seed gives other rows."""
        return self.draw is not None

    def make(self, size: int, noise: float, seed: int, formula: str) -> Dataset:
        """Return the data set; the same four always give the same numbers.

        Raises:
            InputError: the formula cannot be used.
        """
        if self.load is not None:
            return self.load()
        assert self.draw is not None, "A recipe is drawn or loaded."
        X, Y = self.draw(size, noise, np.random.default_rng(seed), formula)
        return Dataset(
            name=self.name,
            title=self.title,
            about=self.about,
            source=self.source,
            licence=self.licence,
            features=self.features,
            units=("",) * len(self.features),
            target=self.target,
            classes=self.classes,
            labels=self._labels(Y[:, 0].tolist()),
            example="point",
            spans=SQUARE[: len(self.features)],
            X=X,
            Y=Y,
        )

    def _labels(self, targets: list[float]) -> tuple[str, ...]:
        if self.classes:
            return tuple(self.classes[int(target)] for target in targets)
        return tuple(f"{target:.6g}" for target in targets)


RECIPES: dict[str, Recipe] = {  # a notebook or a test may add one of its own
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="gaussians",
            title="Two clouds",
            about="Two round clouds of points, which a straight line parts.",
            classes=("lower left", "upper right"),
            draw=shapes.gaussians,
        ),
        Recipe(
            name="xor",
            title="Exclusive or",
            about="Points in four quadrants, of one class where the signs of x1 and x2 differ.",
            source="After M. Minsky and S. Papert (1969), Perceptrons.",
            classes=("same sign", "different signs"),
            draw=shapes.quadrants,
        ),
        Recipe(
            name="circles",
            title="A disc in a ring",
            about="A disc of points of one class inside a ring of points of the other.",
            classes=("ring", "disc"),
            draw=shapes.circles,
        ),
        Recipe(
            name="moons",
            title="Two moons",
            about="Two half circles, each with one end inside the other.",
            classes=("upper moon", "lower moon"),
            draw=shapes.moons,
        ),
        Recipe(
            name="above",
            title="Above a curve",
            about="Points of a square, of one class where they lie above a function you type.",
            takes=("noise", "size", "formula"),
            default_noise=0.0,
            default_formula="sin(2*x)",
            classes=("below", "above"),
            draw=shapes.above,
        ),
        Recipe(
            name="checkerboard",
            title="Checkerboard",
            about="Points on a board of four by four squares, light and dark in turns.",
            default_noise=0.0,
            default_size=600,
            classes=("light", "dark"),
            draw=shapes.checkerboard,
        ),
        Recipe(
            name="spiral",
            title="Two spirals",
            about="Two arms that turn around each other one and a half times.",
            source="After K. J. Lang and M. J. Witbrock (1988), "
            "Learning to tell two spirals apart.",
            default_noise=0.05,
            classes=("first arm", "second arm"),
            draw=shapes.spiral,
        ),
        Recipe(
            name="plane",
            title="A plane",
            about="Points of a square with a target that is linear in x1 and x2.",
            task="numbers",
            target="y",
            draw=shapes.plane,
        ),
        Recipe(
            name="sine",
            title="A sine",
            about="Numbers x with the target sin(2x).",
            task="numbers",
            default_size=100,
            features=("x",),
            target="y",
            draw=shapes.sine,
        ),
        Recipe(
            name="function",
            title="A function you type",
            about="Numbers x with the target f(x), for a function f that you type.",
            task="numbers",
            takes=("noise", "size", "formula"),
            default_size=100,
            default_formula="x*sin(2*x)/2",
            features=("x",),
            target="y",
            draw=shapes.function,
        ),
        Recipe(
            name="iris",
            title="Fisher’s irises",
            about="150 iris flowers of three species, each with four lengths in centimetres.",
            source="R. A. Fisher (1936), The use of multiple measurements in taxonomic "
            "problems, Annals of Eugenics 7, 179–188.",
            licence=CC_BY,
            task="classes",
            takes=(),
            default_size=150,
            default_noise=0.0,
            load=iris,
        ),
        Recipe(
            name="digits",
            title="Handwritten digits",
            about="1,797 digits that 13 people wrote by hand, each an image of 8 × 8 pixels.",
            source="E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten "
            "Digits, UCI Machine Learning Repository.",
            licence=CC_BY,
            task="classes",
            takes=(),
            default_size=1_797,
            default_noise=0.0,
            load=digits,
        ),
    )
}


def dataset(name: str, size: int, noise: float, seed: int, formula: str) -> Dataset:
    """Return the data set of this name, made once for each choice; what it does not take is unread.

    Raises:
        UnknownNameError: there is no data set of this name.
        LimitError: the size or the noise is out of bounds.
        InputError: the formula cannot be used.
    """
    if name not in RECIPES:
        hint = f"There are {', '.join(RECIPES)}."
        raise UnknownNameError(f"There is no data set “{name[:40]}”.", hint=hint, at="data")
    recipe = RECIPES[name]
    size = _within("size", size, SIZES) if "size" in recipe.takes else recipe.default_size
    noise = _within("noise", noise, NOISES) if "noise" in recipe.takes else recipe.default_noise
    formula = formula if "formula" in recipe.takes else recipe.default_formula
    seed = _within("seed", seed, SEEDS) if recipe.is_seeded else 0
    return _made(name, size, noise, seed, formula)


@lru_cache(maxsize=64)
def _made(name: str, size: int, noise: float, seed: int, formula: str) -> Dataset:
    return RECIPES[name].make(size, noise, seed, formula)


def _within(what: str, number: N, bounds: tuple[float, float]) -> N:
    low, high = bounds
    if not low <= number <= high:
        hint = f"It can be from {low:,} to {high:,}."
        raise LimitError(f"A {what} of {number:,} is not possible.", hint=hint, at=what)
    return number
