"""What takes axes away, and what brings them back: sums, means, the largest, and their reverse."""

from math import prod

from backprop.engine.arrays.rows import ArrayRow, Parameters, argument, fitted, made, row
from backprop.engine.arrays.shapes import Shape, check_axes, chosen_axes, reduced, shape_text
from backprop.engine.errors import ShapeError

Axes = tuple[int, ...]


def along(axis: int | tuple[int, ...] | None, shape: Shape) -> tuple[Axes, str]:
    """Return the axes that are meant, and how the language says them: None, 1, (0, 2)."""
    axes = chosen_axes(axis, shape)
    if axis is None or (len(axes) == len(shape) and len(axes) != 1):
        return axes, "None"
    return axes, str(axes[0]) if len(axes) == 1 else str(axes)


def arguments_text(said: str, keepdims: bool) -> str:
    """Return axis and keepdims as they stand in a call, each after its comma."""
    axis = "" if said == "None" else f", axis={said}"
    return axis + ", keepdims=True" * keepdims


def reduce_code(name: str, x: str, axes: Axes, count: int, keepdims: bool) -> str:
    """Return the code of a reduction by a ufunc's own method, with arguments by their places."""
    along = "None" if len(axes) == count else str(axes[0]) if len(axes) == 1 else str(axes)
    return f"{name}({x}, {along}{', None, None, True' if keepdims else ''})"


def kept(name: str, x: str, axes: Axes, count: int) -> str:
    """Return the code of a reduction that leaves its axes as 1."""
    return reduce_code(name, x, axes, count, True)


def spread_code(g: str, axes: Axes, keepdims: bool, said: str, shape: Shape) -> tuple[str, str]:
    """Return the text and code of g repeated along the axes of x."""
    text = f"spread({g}, x, {said}{', keepdims=True' if keepdims else ''})"
    if not keepdims and len(axes) < len(shape):
        g = f"{g}.reshape({reduced(shape, axes, True)})"
    return text, f"{g} * ones{argument(shape)}"


def _count(axes: Axes, shape: Shape) -> int:
    """Return how many entries go into one result."""
    return prod(shape[i] for i in axes)


@row("sum")
def total(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """The sum along axes; the gradient of each entry is that of the sum it went into."""
    return _total("sum", parameters, shapes)


@row("mean")
def mean(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """The mean along axes: a sum divided by how many."""
    return _total("mean", parameters, shapes)


def _total(name: str, parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    (axis, keepdims), (shape,) = parameters, shapes
    axes, said = along(axis, shape)
    n = _count(axes, shape)
    code = reduce_code("total", "x", axes, len(shape), keepdims) if axes else "x"
    text, passed = spread_code("g", axes, keepdims, said, shape)
    if name == "mean":
        code, text = f"{code} / {n}", f"{text} / {n}"
        passed = spread_code(f"(g / {n})", axes, keepdims, said, shape)[1]
    return made(
        name,
        "sum" if name == "sum" else "mean",
        ("x",),
        f"{name}(x{arguments_text(said, keepdims)})",
        code,
        [(text, passed)],
        shapes,
        reduced(shape, axes, keepdims),
        symbol="Σ" if name == "sum" else "mean",
    )


@row("var")
def variance(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """The mean squared distance from the mean, divided by n (not n − 1)."""
    (axis, keepdims), (shape,) = parameters, shapes
    axes, said = along(axis, shape)
    n = _count(axes, shape)
    centered = f"(x - {kept('total', 'x', axes, len(shape))} / {n})"
    code = f"{reduce_code('total', f'{centered} * {centered}', axes, len(shape), keepdims)} / {n}"
    mean_text = f"mean(x{arguments_text(said, True)})"
    text, passed = spread_code("g", axes, keepdims, said, shape)
    return made(
        "var",
        "variance",
        ("x",),
        f"var(x{arguments_text(said, keepdims)})",
        code,
        [(f"{text} * (x - {mean_text}) * (2 / {n})", f"{passed} * {centered} * {2 / n!r}")],
        shapes,
        reduced(shape, axes, keepdims),
        work=4 * prod(shape),
    )


EXTREMES = {  # ufunc's reduction, sharing function, title
    "max": ("largest_along", "peaks", "largest"),
    "min": ("least_along", "lows", "smallest"),
}


@row("max")
def largest(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """The largest along axes; equals share the gradient evenly, as PyTorch's amax does."""
    return _extreme("max", parameters, shapes)


@row("min")
def smallest(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """The smallest along axes; equals share the gradient evenly."""
    return _extreme("min", parameters, shapes)


def _extreme(name: str, parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    (axis, keepdims), (shape,) = parameters, shapes
    axes, said = along(axis, shape)
    reduction, shares, title = EXTREMES[name]
    text, passed = spread_code("g", axes, keepdims, said, shape)
    return made(
        name,
        title,
        ("x",),
        f"{name}(x{arguments_text(said, keepdims)})",
        reduce_code(reduction, "x", axes, len(shape), keepdims),
        [(f"{text} * {shares}(x, {said})", f"{passed} * {_shares_code(name, axes, shape)}")],
        shapes,
        reduced(shape, axes, keepdims),
    )


def _shares_code(name: str, axes: Axes, shape: Shape) -> str:
    reduction = EXTREMES[name][0]
    is_it = f"(x == {kept(reduction, 'x', axes, len(shape))})"
    return f"({is_it} / {kept('total', is_it, axes, len(shape))})"


@row("peaks")
def peaks(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """Each entry's share of being the largest along axes: 1, 0, or a part among equals."""
    return _flat("peaks", along(parameters[0], shapes[0]), shapes, "shares of the largest")


@row("lows")
def lows(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """Each entry's share of being the smallest along axes."""
    return _flat("lows", along(parameters[0], shapes[0]), shapes, "shares of the smallest")


@row("first_peak")
def first_peak(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """1 at the first of the largest along axes, else 0."""
    return _flat("first_peak", along(parameters[0], shapes[0]), shapes, "place of the largest")


def _flat(name: str, along: tuple[Axes, str], shapes: tuple[Shape, ...], title: str) -> ArrayRow:
    """Return the row of what is constant between jumps: nothing is passed back."""
    (axes, said), (shape,) = along, shapes
    text = f"{name}(x, {said})"
    code = text
    if name in ("peaks", "lows"):
        code = _shares_code({"peaks": "max", "lows": "min"}[name], axes, shape)
    return made(name, title, ("x",), text, code, [("", "")], shapes, shape)


@row("first_max")
def first_max(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """The largest along axes; of equals the first gets the gradient, as in pooling."""
    (axis,), (shape,) = parameters, shapes
    axes, said = along(axis, shape)
    n = _count(axes, shape)
    left = reduced(shape, axes, False)
    text, passed = spread_code("g", axes, False, said, shape)
    value, sent = reduce_code("largest_along", "x", axes, len(shape), False), ""
    if left and axes == tuple(range(len(left), len(shape))):  # the last: each window is a row
        rows = prod(left)
        value = f"largest_along(x.reshape({rows}, {n}), 1).reshape({argument(left)})"
        sent = f"put_at_first(g, x, {rows}, {n})"
    return made(
        "first_max",
        "largest, the first of equals",
        ("x",),
        f"first_max(x, {said})",
        value,
        [(f"{text} * first_peak(x, {said})", sent or f"{passed} * first_peak(x, {axes})")],
        shapes,
        left,
    )


@row("spread")
def spread(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """g, repeated along the axes of x that a sum took away; of x only the shape is used."""
    (axis, keepdims), (given, shape) = parameters, shapes
    axes, said = along(axis, shape)
    if given != reduced(shape, axes, keepdims):
        wanted = shape_text(reduced(shape, axes, keepdims))
        raise ShapeError(
            f"spread: {shape_text(given)} is no sum of {shape_text(shape)}.",
            hint=f"It would be {wanted}.",
        )
    text, code = spread_code("g", axes, keepdims, said, shape)
    back = reduce_code("total", "g", axes, len(shape), keepdims) if axes else "g"
    value = text.replace("spread(g, x", "spread(x, y", 1)
    return made(
        "spread",
        "repetition",
        ("x", "y"),
        value,
        _renamed(code),
        [(f"sum(g{arguments_text(said, keepdims)})", back), ("", "")],
        shapes,
        shape,
    )


def _renamed(code: str) -> str:
    """Return a code in g as one in x: what arrives is an input here."""
    return "x" + code.removeprefix("g")


@row("fit")
def fit(_parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """X summed to the shape of y: broadcasting undone; of y only the shape is used."""
    wide, narrow = shapes
    ahead = len(wide) - len(narrow)
    fits = ahead >= 0 and all(n in (1, wide[ahead + i]) for i, n in enumerate(narrow))
    if not fits:
        what = f"fit: {shape_text(narrow)} does not broadcast to {shape_text(wide)}."
        raise ShapeError(what)
    _, code = fitted("x", "x", "y", wide, narrow)
    return made(
        "fit",
        "sum over what broadcasting repeated",
        ("x", "y"),
        "fit(x, y)",
        code,
        [_broadcast("g", wide, narrow), ("", "")],
        shapes,
        narrow,
    )


def _broadcast(g: str, wide: Shape, narrow: Shape) -> tuple[str, str]:
    if wide == narrow:
        return g, g
    return f"broadcast_to({g}, {argument(wide)})", f"{g} * ones{argument(wide)}"


@row("broadcast_to")
def broadcast_to(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """X repeated to a shape, by NumPy's rule."""
    wide, (shape,) = check_axes(parameters[0]), shapes
    ahead = len(wide) - len(shape)
    if ahead < 0 or any(n not in (1, wide[ahead + i]) for i, n in enumerate(shape)):
        raise ShapeError(f"{shape_text(shape)} does not broadcast to {shape_text(wide)}.")
    return made(
        "broadcast_to",
        "repetition",
        ("x",),
        f"broadcast_to(x, {argument(wide)})",
        f"x * ones{argument(wide)}",
        [fitted("g", "g", "x", wide, shape)],
        shapes,
        wide,
    )
