"""Products of arrays: x @ y, and einsum, which says each sum by its letters."""

from math import prod

from backprop.engine.arrays.rows import ArrayRow, Parameters, fitted, made, row
from backprop.engine.arrays.shapes import Shape, counted, matmul_shape, shape_text
from backprop.engine.errors import ExpressionError, ShapeError


@row("matmul")
def matmul(_parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """Product of matrices, the last two axes of each, or of a vector on either side."""
    x, y = shapes
    shape = matmul_shape(x, y)
    products = _vector_products(x, y) if 1 in (len(x), len(y)) else _products(x, y, shape)
    work = prod(shape) * x[-1]
    plain = len(x) < 3 and len(y) < 3
    code = "dot(x, y)" if plain else "matmul(x, y)"
    return made(
        "matmul",
        "matrix product",
        ("x", "y"),
        "x @ y",
        code,
        products,
        shapes,
        shape,
        work=work,
        symbol="@",
    )


def _products(x: Shape, y: Shape, shape: Shape) -> list[tuple[str, str]]:
    turn = ".T" if len(x) == len(y) == 2 else ".mT"
    left_turn = ".T" if len(x) == 2 else ".mT"
    right_turn = ".T" if len(y) == 2 else ".mT"
    if turn == ".T":
        return [("g @ y.T", "dot(g, y.T)"), ("x.T @ g", "dot(x.T, g)")]
    to_x = matmul_shape(shape, (*y[:-2], y[-1], y[-2]))
    to_y = matmul_shape((*x[:-2], x[-1], x[-2]), shape)
    if len(y) == 2:  # one matrix for all: their sum is one product of all rows
        rows = prod(x[:-1])
        code = f"dot(x.reshape({rows}, {x[-1]}).T, g.reshape({rows}, {shape[-1]}))"
        return [
            fitted("g @ y.T", "matmul(g, y.T)", "x", to_x, x),
            (fitted(f"x{left_turn} @ g", "", "y", to_y, y)[0], code),
        ]
    return [
        fitted(f"g @ y{right_turn}", f"matmul(g, y{right_turn})", "x", to_x, x),
        fitted(f"x{left_turn} @ g", f"matmul(x{left_turn}, g)", "y", to_y, y),
    ]


def _vector_products(x: Shape, y: Shape) -> list[tuple[str, str]]:
    if len(x) == len(y) == 1:
        return [("g * y", "g * y"), ("g * x", "g * x")]
    if len(y) == 1:  # matrix · vector, or a stack of matrices
        to_x = "g[:, None] * y" if len(x) == 2 else "g[..., None] * y"
        wide = (*x[:-1], y[0])
        if len(x) == 2:
            return [(to_x, to_x), ("g @ x", "dot(g, x)")]
        text, code = fitted("g[..., None] * x", "g[..., None] * x", "y", wide, y)
        return [(to_x, to_x), (text, code)]
    if len(y) == 2:  # vector · matrix
        return [("y @ g", "dot(y, g)"), ("x[:, None] * g", "x[:, None] * g")]
    stacked = (*y[:-2], y[-2])
    return [
        fitted("(y @ g[..., None])[..., 0]", "matmul(y, g[..., None])[..., 0]", "x", stacked, x),
        ("x[:, None] * g[..., None, :]", "x[:, None] * g[..., None, :]"),
    ]


@row("einsum")
def einsum(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """Sum of products by letters: "nk,kj->nj" sums over k, which the result lacks.

    The product for an operand is another einsum: result and operand change places. A letter that
    stands nowhere else in it was summed alone, so its gradient is repeated: ones stand for it.
    """
    (spelled,) = parameters
    operands, result = read_letters(spelled, len(shapes))
    sizes = letter_sizes(operands, shapes)
    if missing := [letter for letter in result if letter not in sizes]:
        raise ShapeError(f"einsum: {missing[0]} stands on the right alone.")
    names = tuple(f"x{k}" for k in range(len(shapes))) if len(shapes) != 1 else ("x",)
    shape = tuple(sizes[letter] for letter in result)
    products = [_einsum_product(k, operands, result, names, sizes) for k in range(len(shapes))]
    value = _written(operands, result, names)
    return made(
        "einsum",
        "einsum",
        names,
        value,
        _code(operands, result, names, sizes),
        products,
        shapes,
        shape,
        work=prod(sizes.values()),
    )


def read_letters(spelled: str, count: int) -> tuple[list[str], str]:
    """Return the letters of each operand, and those of the result.

    Raises:
        ExpressionError: they cannot be read, a letter is repeated, or their number is wrong.
    """
    plain = spelled.replace(" ", "")
    before, arrow, result = plain.partition("->")
    operands = before.split(",")
    letters = all(part.isascii() and part.isalpha() for part in filter(None, (*operands, result)))
    if not arrow or not letters:
        what = f"“{spelled}” is not what einsum reads."
        raise ExpressionError(what, hint="Write letters and an arrow, as in “nk,kj->nj”.")
    for part in (*operands, result):
        if len(set(part)) < len(part):
            what = f"einsum: a letter stands twice in “{part}”."
            raise ExpressionError(what, hint="For a diagonal multiply by eye(n).")
    if len(operands) != count:
        named = counted(len(operands), "array", "arrays")
        what = f"einsum: “{spelled}” names {named}, and {count} follow."
        raise ExpressionError(what)
    return operands, result


def letter_sizes(operands: list[str], shapes: tuple[Shape, ...]) -> dict[str, int]:
    """Return how long the axis of each letter is.

    Raises:
        ShapeError: an operand has another number of axes, or a letter has two lengths.
    """
    sizes: dict[str, int] = {}
    for letters, shape in zip(operands, shapes, strict=True):
        if len(letters) != len(shape):
            named = counted(len(letters), "axis", "axes")
            what = f"einsum: “{letters}” names {named}, and {shape_text(shape)} has"
            raise ShapeError(f"{what} {len(shape)}.")
        for letter, n in zip(letters, shape, strict=True):
            if sizes.setdefault(letter, n) != n:
                raise ShapeError(f"einsum: {letter} is {sizes[letter]} and {n}.")
    return sizes


def _written(operands: list[str], result: str, names: tuple[str, ...]) -> str:
    return f'einsum("{",".join(operands)}->{result}", {", ".join(names)})'


def _einsum_product(
    which: int, operands: list[str], result: str, names: tuple[str, ...], sizes: dict[str, int]
) -> tuple[str, str]:
    others = [k for k in range(len(operands)) if k != which]
    letters = [result, *(operands[k] for k in others)]
    called = ["g", *(names[k] for k in others)]
    alone = [letter for letter in operands[which] if letter not in "".join(letters)]
    for letter in alone:
        letters.append(letter)
        called.append(f"ones(({sizes[letter]},))")
    return (
        _written(letters, operands[which], tuple(called)),
        _code(letters, operands[which], tuple(called), sizes),
    )


def _code(operands: list[str], result: str, names: tuple[str, ...], sizes: dict[str, int]) -> str:
    """Return the code of an einsum: a product of two matrices where it is one, else NumPy's."""
    if len(operands) != 2:
        return _written(operands, result, names)
    a, b = operands
    summed = [letter for letter in a if letter in b and letter not in result]
    shared = [letter for letter in a if letter in b and letter in result]
    lost = [letter for letter in a + b if letter not in result and letter not in summed]
    if shared or lost or not summed:
        return _written(operands, result, names)
    rows, columns = ([each for each in part if each not in summed] for part in (a, b))
    left = _as_matrix(names[0], a, rows, summed, sizes)
    right = _as_matrix(names[1], b, summed, columns, sizes)
    found = [*rows, *columns]
    lengths = tuple(sizes[each] for each in found)
    code = f"dot({left}, {right}).reshape({lengths})"
    if found != list(result):
        code += f".transpose({tuple(found.index(each) for each in result)})"
    return code


def _as_matrix(
    name: str, letters: str, rows: list[str], columns: list[str], sizes: dict[str, int]
) -> str:
    order = tuple(letters.index(each) for each in (*rows, *columns))
    turned = name if order == tuple(range(len(letters))) else f"{name}.transpose({order})"
    size = [prod(sizes[each] for each in part) for part in (rows, columns)]
    return f"{turned}.reshape({size[0]}, {size[1]})"
