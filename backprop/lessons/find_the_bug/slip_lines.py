"""What each slip of the catalogue writes into one line, and what is said of it in a phrase.

Which line a slip changes is its kind and its layer. Three sorts of slips of the catalogue are not
here, for no single line has them: those that mix this round's gradient with the last one's
(“stale-gradient”, “not-zeroed”), that of a loop which leaves out a unit's weights and its bias
(“first-unit-unset”, two lines), and those that another row already is, made in every layer at once
(“no-slope”, “slopes-at-activation”).

Letters of a formula:
    da, dz, a, z     of the line's layer; before, before_z of the one before, behind the one behind
    W, dW            of the layer whose weights the line uses
    right            the right formula
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backprop.engine.slips.catalog import SLIPS
from backprop.engine.slips.slip import Slip
from backprop.lessons.find_the_bug.code import (
    BACK,
    BIAS,
    LOSS,
    SLOPE,
    SLOPES,
    WEIGHTS,
    Line,
    Place,
    Writing,
)

Formula = Callable[[Writing, int], str | None]  # of a layer; None where there is none


@dataclass(frozen=True, slots=True)
class SlipLine:
    """What a slip writes into a line of one kind.

    Attributes:
        slip: of the catalogue.
        kind: of the line.
        phrase: what is wrong, in a phrase; the letters of a formula may stand in it. It holds of no
            line that another slip writes.
        formula: what it writes, by the writing and the layer.
        about: why, where the slip's own words speak of every layer; letters as in `phrase`.
    """

    slip: Slip
    kind: str
    phrase: str
    formula: Formula
    about: str = ""


def _letters(writing: Writing, kind: str, layer: int) -> dict[str, str]:
    weights = layer + 1 if kind == BACK else layer
    letters = {
        "a": writing.a(layer),
        "z": writing.z(layer),
        "da": writing.da(layer),
        "dz": writing.dz(weights),
        "before": writing.a(layer - 1) if layer else "",
        "W": f"W{weights}",
        "dW": f"dW{weights}",
        "t": writing.target,
        "rate": f"{writing.rate:g}",
        "n": writing.examples,
    }
    if layer > 1:
        letters["before_z"] = writing.z(layer - 1)
    if layer < writing.depth:
        letters["behind"] = writing.a(layer + 1)
    return letters


def _written(one: str, batch: str, kind: str) -> Formula:
    """Return the formula of a text for one example and one for a batch; empty: there is none."""

    def formula(writing: Writing, layer: int) -> str | None:
        text = batch if writing.batch else one
        return text.format(**_letters(writing, kind, layer)) or None

    return formula


def _sloped(texts: Mapping[str, str], *, hidden: bool | None = None, z: bool = False) -> Formula:
    """Return the formula of another slope, by the activation.

    Args:
        texts: activation → the text that stands for its slope.
        hidden: only in a hidden layer, or only at the output; None for both.
        z: whether it needs what enters the activations.
    """

    def formula(writing: Writing, layer: int) -> str | None:
        activation = writing.network.activations[layer - 1]
        if activation not in texts or (z and not writing.shows_z):
            return None
        if hidden is not None and hidden is not (layer < writing.depth):
            return None
        letters = _letters(writing, SLOPE, layer)
        needed = texts[activation]
        if any("{" + name + "}" in needed for name in ("behind", "before") if name not in letters):
            return None
        return needed.format(**letters)

    return formula


ALL = ("sigmoid", "tanh", "relu")
NO_SLOPE = dict.fromkeys(ALL, "{da}")
AT_ACTIVATION = {
    "sigmoid": "{da} * sigmoid({a}) * (1 - sigmoid({a}))",
    "tanh": "{da} * (1 - np.tanh({a})**2)",
}


def _with(letter: str) -> dict[str, str]:
    """Return the slopes of sigmoid and tanh with another array in the place of a."""
    return {
        name: "{da} * " + SLOPES[name].replace("{a}", letter).replace("{z}", letter)
        for name in ("sigmoid", "tanh")
    }


def _neighbour(behind: bool) -> Formula:
    """Return the slope with the activation of the layer behind, or of the one before.

    Where that is not as wide as this layer, and has not one unit, no formula can be written.
    """
    formula = _sloped(_with("{behind}" if behind else "{before}"))

    def fitting(writing: Writing, layer: int) -> str | None:
        sizes = writing.network.sizes
        other = layer + 1 if behind else layer - 1
        if other > writing.depth or (other == writing.depth and writing.is_merged):
            return None
        return formula(writing, layer) if sizes[other] in (sizes[layer], 1) else None

    return fitting


def _loss(
    error: str = "", factor: str | None = None, over: Callable[[Writing], str | None] | None = None
) -> Formula:
    """Return the slope of the loss with another error, factor or divisor."""

    def formula(writing: Writing, layer: int) -> str | None:
        if "{z}" in error and not (writing.shows_z and not writing.is_merged):
            return None
        text = error.format(**_letters(writing, LOSS, layer))
        return writing.loss(text, factor, over(writing) if over else None)

    return formula


def _ones(writing: Writing, layer: int) -> str | None:
    text = f"np.ones_like({writing.a(layer)})"
    return f"{text} / {writing.examples}" if writing.batch else text


def _without_examples(writing: Writing) -> str | None:
    """Return what the loss is divided by, when the mean over the examples is lost."""
    if writing.mean_over.endswith(".size"):
        return f"{writing.a(writing.depth)}.shape[1]"
    return ""


def _without_outputs(writing: Writing) -> str | None:
    return f"len({writing.a(writing.depth)})" if writing.batch else ""


def _twice(writing: Writing) -> str | None:
    return f"{writing.mean_over} / {writing.examples}"


def _mismatched(writing: Writing, layer: int) -> str | None:
    p = writing.a(layer)
    return f"{writing.loss()} * {p} * (1 - {p})" if writing.is_merged else None


def _penalty(text: str) -> Formula:
    def formula(writing: Writing, layer: int) -> str | None:
        strength = writing.network.l2
        if not strength:
            return None
        letters = {
            "once": f"{strength:g}",
            "twice": f"{2 * strength:g}",
            "half": f"{strength / 2:g}",
        }
        return writing.weights(layer, text.format(**letters, n=writing.examples))

    return formula


def _plus(formula: Formula) -> Formula:
    """Return the formula of a gradient of weights, with the penalty behind it if there is one."""

    def whole(writing: Writing, layer: int) -> str | None:
        text, strength = formula(writing, layer), writing.network.l2
        return f"{text} + {strength:g} * W{layer}" if text and strength else text

    return whole


def _entered(writing: Writing, layer: int) -> str | None:
    if layer < 2 or not writing.shows_z:
        return None
    return _written("np.outer({dz}, {before_z})", "{dz}.T @ {before_z}", WEIGHTS)(writing, layer)


def _row(name: str, kind: str, phrase: str, formula: Formula, about: str = "") -> SlipLine:
    return SlipLine(SLIPS[name], kind, phrase, formula, about)


def _back(name: str, phrase: str, one: str, batch: str, about: str = "") -> SlipLine:
    return _row(name, BACK, phrase, _written(one, batch, BACK), about)


SLIP_LINES = (
    _row("sign", LOSS, "the targets less the outputs: every step climbs", _loss("{t} - {a}")),
    _row("no-target", LOSS, "the target is not subtracted", _loss("{a}")),
    _row("half-lost", LOSS, "the ½ should take away the 2 of the square", _loss("", "2")),
    _row("two-lost", LOSS, "a square has a 2 in its slope", _loss("", "")),
    _row("output-not-loss", LOSS, "the pass begins with 1 at the output, not at the loss", _ones),
    _row("logits-minus-targets", LOSS, "the error is made of {z}, where {a} belongs",
         _loss("{z} - {t}")),
    _row("sum-over-batch", LOSS, "the loss is a mean over the examples, this is a sum",
         _loss("", None, _without_examples)),
    _row("divided-twice", LOSS, "divided by the number of examples once more",
         _loss("", None, _twice)),
    _row("sum-over-outputs", LOSS, "the loss is a mean over the outputs, too",
         _loss("", None, _without_outputs)),
    _row("slope-twice", LOSS, "the slope of softmax is in it already", _mismatched),
    _row("softmax-diagonal", LOSS, "each score moves all shares, not its own alone",
         _written("{t} * ({a} - 1)", "{t} * ({a} - 1) / {n}", LOSS)),
    _row("no-hidden-slope", SLOPE, "{da} goes on without the slope of its activation",
         _sloped(NO_SLOPE, hidden=True)),
    _row("no-output-slope", SLOPE, "{da} goes on without the slope of its activation",
         _sloped(NO_SLOPE, hidden=False)),
    _row("slope-at-activation", SLOPE, "the slope is taken at {a}, which has been through already",
         _sloped(AT_ACTIVATION, hidden=True)),
    _row("output-slope-at-activation", SLOPE,
         "the slope is taken at {a}, which has been through already",
         _sloped(AT_ACTIVATION, hidden=False)),
    _row("slope-of-z", SLOPE, "the slope is made of {z}, where {a} belongs",
         _sloped(_with("{z}"), z=True)),
    _row("one-minus-a", SLOPE, "one factor of the slope is missing",
         _sloped(dict.fromkeys(("sigmoid", "tanh"), "{da} * (1 - {a})"))),
    _row("other-slope", SLOPE, "a(1 − a) belongs to σ, 1 − a² to tanh",
         _sloped({"sigmoid": "{da} * (1 - {a}**2)", "tanh": "{da} * {a} * (1 - {a})"})),
    _row("slope-behind", SLOPE, "the slope is that of the layer behind", _neighbour(True)),
    _row("slope-before", SLOPE, "the slope is made of what enters the layer", _neighbour(False)),
    _row("mask-of-delta", SLOPE, "cut where {da} is negative, not where {z} is",
         _sloped({"relu": "{da} * ({da} > 0)"})),
    _row("mask-inverted", SLOPE, "lets pass what relu holds back",
         _sloped({"relu": "{da} * ({z} < 0)"})),
    _row("transposed-gradient", WEIGHTS,
         "from and to of {dW} are exchanged; a square does not complain",
         _plus(_written("np.outer({before}, {dz})", "{before}.T @ {dz}", WEIGHTS)),
         "{dW} alone has at [from, to] what belongs at [to, from]."),
    _row("before-activation", WEIGHTS, "{dW} is made of {before_z}, where {before} belongs",
         _plus(_entered)),
    _row("no-penalty", WEIGHTS, "the penalty on the weights has a slope, too", _penalty(""),
         "The loss has the penalty on {W}, its gradient {dW} has not."),
    _row("penalty-doubled", WEIGHTS, "the slope of ½λw² is λw, here it is 2λw",
         _penalty("{twice}")),
    _row("penalty-halved", WEIGHTS, "the slope of ½λw² is λw, here it is half",
         _penalty("{half}")),
    _row("penalty-over-batch", WEIGHTS, "the penalty is added once, it is no mean",
         _penalty("{once} / {n}")),
    _row("bias-forgotten", BIAS, "the bias gets no gradient at all",
         _written("np.zeros(len({W}))", "np.zeros(len({W}))", BIAS),
         "The gradient of every bias of this layer is 0."),
    _row("bias-last-example", BIAS, "the last row of {dz}, not the sum over all",
         _written("", "{dz}[-1]", BIAS)),
    _row("bias-first-example", BIAS, "the first row of {dz}, not the sum over all",
         _written("", "{dz}[0]", BIAS)),
    _row("bias-mean", BIAS, "1/m stands in {dz} already", _written("", "{dz}.mean(axis=0)", BIAS)),
    _back("transposed", "{W} the wrong way round; with a square no shape complains",
          "{W} @ {dz}", "{dz} @ {W}.T"),
    _back("no-weights", "each unit gets the sum of what is behind it",
          "{dz}.sum()", "{dz}.sum(axis=1, keepdims=True)"),
    _back("updated-weights", "{W} has already moved by a step",
          "({W} - {rate} * {dW}).T @ {dz}", "{dz} @ ({W} - {rate} * {dW})",
          "{W} is changed first, and what goes back through it is then computed with the new one."),
    _back("one-path", "only the first use counts; the others are left out",
          "{W}[0] * {dz}[0]", "{dz}[:, :1] @ {W}[:1]"),
    _back("assigned", "each use writes over the one before: only the last counts",
          "{W}[-1] * {dz}[-1]", "{dz}[:, -1:] @ {W}[-1:]"),
    _back("first-unit-skipped", "the sum begins with the second unit",
          "{W}[1:].T @ {dz}[1:]", "{dz}[:, 1:] @ {W}[1:]"),
)  # fmt: skip


def find_slip_line(name: str) -> SlipLine | None:
    """Return what a slip writes into a line; None where there is none such."""
    return next((row for row in SLIP_LINES if row.slip.name == name), None)


def write_slip(row: SlipLine, writing: Writing, layer: int) -> Line | None:
    """Return the line that a slip makes of the right one; None where it is not possible here."""
    place = Place(row.kind, layer)
    right = next((line for line in writing.lines if line.place == place), None)
    formula = row.formula(writing, layer) if right else None
    if right is None or formula is None or formula == right.formula:
        return None
    return Line(place, right.makes, formula)


def write_phrase(row: SlipLine, writing: Writing, layer: int) -> str:
    """Return what is wrong with the line that a slip makes, in a phrase."""
    return row.phrase.format(**_letters(writing, row.kind, layer))


def write_about(row: SlipLine, writing: Writing, layer: int) -> str:
    """Return why the line that a slip makes is wrong: of this line, not of every layer."""
    return row.about.format(**_letters(writing, row.kind, layer)) or row.slip.about
