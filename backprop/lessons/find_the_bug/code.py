"""The backward pass of a network as lines of NumPy: the right ones, each with its place.

One example is written in small letters (x, h, dz2), a batch in capitals (X, H, dZ2), one row for
each example. The lines are a program: run on the network's numbers, they give its gradient.

Notation:
    x, t     inputs and targets              a, z   what comes out of an activation, and enters it
    W, b     weights [out, in] and bias      d…     the gradient of the loss by …
"""

from dataclasses import dataclass
from functools import cached_property

from backprop.engine.network import Network
from backprop.notation.formula import Code, Label
from backprop.stage.walk.explanation import Words

LOSS, SLOPE, WEIGHTS, BIAS, BACK = "loss", "slope", "weights", "bias", "back"
HEAD, COUNT, RETURN = "head", "count", "return"  # lines in which nothing is differentiated

SLOPES = {  # of each activation, as it is written
    "sigmoid": "{a} * (1 - {a})",
    "tanh": "(1 - {a}**2)",
    "relu": "({z} > 0)",
}


@dataclass(frozen=True, slots=True)
class Place:
    """What a line computes: the kind of it, and in which layer."""

    kind: str
    layer: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the program: makes = formula.

    Attributes:
        place: what it computes.
        makes: the name of what it makes; empty in the first line and the last.
        formula: what stands behind the =; the whole line, where it makes nothing.
    """

    place: Place
    makes: str
    formula: str


@dataclass(frozen=True)
class Writing:
    """How the backward pass of a network is written.

    Attributes:
        network: whose layers are sigmoid, tanh or relu; the last may be softmax.
        batch: whether it is written for a batch.
        shows_z: whether the pass is given what enters the activations, too.
        counts: whether the number of examples gets a line of its own.
        rate: the learning rate, as a slip may write it.
    """

    network: Network
    batch: bool
    shows_z: bool
    counts: bool
    rate: float

    def _case(self, letter: str) -> str:
        return letter.upper() if self.batch else letter

    @property
    def depth(self) -> int:
        """How many layers of weights there are."""
        return self.network.depth

    @property
    def is_merged(self) -> bool:
        """Whether the loss sends its gradient to z at once, as behind softmax."""
        return self.network.activations[-1] == "softmax"

    def a(self, layer: int) -> str:
        """Return what comes out of a layer; of layer 0 the inputs."""
        if layer == 0:
            return self._case("x")
        if layer == self.depth:
            return self._case("p" if self.is_merged else "o")
        return self._case("h") + (str(layer) if self.depth > 2 else "")

    def z(self, layer: int) -> str:
        """Return what enters the activation of a layer."""
        return f"{self._case('z')}{layer}"

    def da(self, layer: int) -> str:
        """Return the gradient of what comes out of a layer."""
        return f"d{self.a(layer)}"

    def dz(self, layer: int) -> str:
        """Return the gradient of what enters the activation of a layer."""
        return f"d{self.z(layer)}"

    @property
    def target(self) -> str:
        """The targets."""
        return self._case("t")

    @property
    def examples(self) -> str:
        """How many examples there are, as it is written."""
        return "m" if self.counts else f"len({self._case('x')})"

    def slope(self, layer: int) -> str:
        """Return the slope of a layer's activation."""
        text = SLOPES[self.network.activations[layer - 1]]
        return text.format(a=self.a(layer), z=self.z(layer))

    def loss(self, error: str = "", factor: str | None = None, over: str | None = None) -> str:
        """Return the slope of the loss by the outputs: factor * (error) / over.

        Args:
            error: what stands for the difference from the targets; the right one, o − t.
            factor: before it; the one that the loss has.
            over: by which all is divided, several with / between; what the loss is a mean over.
        """
        loss, out = self.network.loss, self.a(self.depth)
        error = error or f"{out} - {self.target}"
        if factor is None:
            factor = "2" if loss == "mean_squared_error" else ""
        if over is None:
            over = self.mean_over
        alone = error.isalnum() or not (factor or over or loss == "binary_cross_entropy")
        text = error if alone else f"({error})"
        if loss == "binary_cross_entropy":
            text = f"{text} / ({out} * (1 - {out}))"
        text = f"{factor} * {text}" if factor else text
        return f"{text} / {over}" if over else text

    @property
    def mean_over(self) -> str:
        """What the loss is a mean over, as a number that divides; empty for nothing."""
        several = self.network.sizes[-1] > 1
        if several and self.network.loss in ("mean_squared_error", "binary_cross_entropy"):
            out = self.a(self.depth)
            return f"{out}.size" if self.batch else f"len({out})"
        return self.examples if self.batch else ""

    def weights(self, layer: int, penalty: str | None = None) -> str:
        """Return the gradient of a layer's weights; `penalty` is the strength as it is written."""
        dz, before = self.dz(layer), self.a(layer - 1)
        text = f"{dz}.T @ {before}" if self.batch else f"np.outer({dz}, {before})"
        if penalty is None:
            penalty = f"{self.network.l2:g}" if self.network.l2 else ""
        return f"{text} + {penalty} * W{layer}" if penalty else text

    def bias(self, layer: int) -> str:
        """Return the gradient of a layer's bias."""
        return f"{self.dz(layer)}.sum(axis=0)" if self.batch else self.dz(layer)

    def back(self, layer: int) -> str:
        """Return the gradient of what comes out of a layer, from the layer behind it."""
        W, dz = f"W{layer + 1}", self.dz(layer + 1)
        return f"{dz} @ {W}" if self.batch else f"{W}.T @ {dz}"

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The right lines, in order."""
        depth = self.depth
        lines = [Line(Place(HEAD, 0), "", f"def backward({', '.join(self._arguments)}):")]
        if self.counts:
            lines.append(Line(Place(COUNT, 0), "m", f"len({self._case('x')})"))
        begins = self.dz(depth) if self.is_merged else self.da(depth)
        lines.append(Line(Place(LOSS, depth), begins, self.loss()))
        for k in range(depth, 0, -1):
            if k < depth or not self.is_merged:
                slope = f"{self.da(k)} * {self.slope(k)}"
                lines.append(Line(Place(SLOPE, k), self.dz(k), slope))
            lines.append(Line(Place(WEIGHTS, k), f"dW{k}", self.weights(k)))
            lines.append(Line(Place(BIAS, k), f"db{k}", self.bias(k)))
            if k > 1:
                lines.append(Line(Place(BACK, k - 1), self.da(k - 1), self.back(k - 1)))
        lines.append(Line(Place(RETURN, 0), "", f"return {', '.join(self.results)}"))
        return tuple(lines)

    @property
    def _arguments(self) -> tuple[str, ...]:
        layers = range(1, self.depth + 1)
        passed: list[str] = []
        for k in layers:
            shown = self.shows_z and not (k == self.depth and self.is_merged)
            passed += [self.z(k), self.a(k)] if shown else [self.a(k)]
        return (self.a(0), self.target, *(f"W{k}" for k in layers), *passed)

    @property
    def results(self) -> tuple[str, ...]:
        """What the program returns: dW1, db1, dW2 and so on."""
        return tuple(f"d{name}" for name in self.network.shapes)


def print_lines(lines: tuple[Line, ...]) -> tuple[str, ...]:
    """Return the lines as they are printed, the signs = below each other."""
    width = max(len(line.makes) for line in lines)
    return tuple(
        f"    {line.makes:<{width}} = {line.formula}"
        if line.makes
        else ("    " if line.place.kind == RETURN else "") + line.formula
        for line in lines
    )


def say(text: str) -> Words:
    """Return a sentence as words: code, which stands between back-quotes, becomes labels."""
    parts = text.split("`")
    return tuple(Label(part) if i % 2 else part for i, part in enumerate(parts) if part)


def say_in_code(text: str) -> Words:
    """Return a sentence as words; what stands between back-quotes is code, names as well."""
    return in_code(say(text))


def in_code(words: Words) -> Words:
    """Return words with code in the place of labels: here every label is the name of an array."""
    return tuple(Code(part.letter) if isinstance(part, Label) else part for part in words)
