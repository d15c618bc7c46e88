"""A program of arrays as NumPy, PyTorch and JAX code; every number has all its digits.

NumPy's has the backward pass written out, a use a line, and a check that shares nothing with the
engine. The others have the forward pass; their own gradient is held to ours.
"""

from collections.abc import Sequence

from backprop.engine.program import Program
from backprop.notation.export.libraries import listed, quoted
from backprop.notation.export.programs.file import CodeFile
from backprop.notation.export.programs.numbers import array_lines

_CHECK = '''\
def check(leaves, unclear=()):
    """Move each leaf both ways along a random direction: the value must rise as ours says."""
    chance = np.random.default_rng(0)
    largest = max(np.max(np.abs(each)) for each in gradient.values())
    for i, (name, ours) in enumerate(gradient.items()):
        way = chance.standard_normal(leaves[i].shape) * np.maximum(1, np.abs(leaves[i]))
        ends = [
            function(*leaves[:i], leaves[i] + d * way, *leaves[i + 1 :]) for d in (1e-5, -1e-5)
        ]
        found, slope = (ends[0] - ends[1]) / 2e-5, np.sum(ours * way)
        print(f"{name}: {slope:.9g} by backpropagation, {found:.9g} by differences")
        if name not in unclear:
            most = 1e-4 * max(abs(slope), abs(found)) + 1e-6 * largest + 1e-9 * abs(ends[0])
            assert abs(slope - found) <= most, f"{name}: at a kink, or the gradient is wrong"
'''


def numpy_program(program: Program) -> str:
    """Return a file for NumPy alone: both passes, a line for each use, and a check by differences.

    Raises:
        LimitError: it would hold more than 40,000 numbers.
    """
    file = CodeFile(program, "numpy")
    body = file.forward()
    unclear = file.unclear()
    listing = [file.name(line.name) for line in file.free]
    lines = [
        *file.head("Both passes, line by line, and a check by differences. It runs with NumPy 2."),
        f"# dZ is the gradient of {file.output} by Z, and is shaped like Z.",
        "IMPORTS",
        "",
        'np.seterr(all="ignore")  # what overflows is inf, what is undefined nan',
        "DEFINITIONS",
        *file.leaves(),
        "",
        "# Forward pass",
        *body,
        "",
        "# Backward pass",
        *file.backward(),
        "",
        *listed("gradient = {", [*file.slopes()], "}"),
    ]
    if listing:
        plain = [line.partition("  #")[0] for line in body]
        lines += [
            "",
            "",
            *listed("def function(", listing, "):"),
            *(f"    {line}" for line in plain),
            f"    return {file.output}",
            "",
            "",
            *_CHECK.splitlines(),
            "",
            "",
            *listed("check([", listing, "]" + _unclear_text(unclear) + ")"),
        ]
    return file.text(lines)


def _unclear_text(unclear: Sequence[str]) -> str:
    return f", unclear=[{', '.join(map(quoted, unclear))}]" if unclear else ""


def pytorch_program(program: Program) -> str:
    """Return a file for PyTorch: the forward pass, and autograd's gradient held to ours.

    Raises:
        LimitError: it would hold more than 40,000 numbers.
    """
    file = CodeFile(program, "torch")
    lines = [
        *file.head("The forward pass; the gradient by PyTorch’s autograd is held to ours."),
        "IMPORTS",
        "",
        "torch.set_default_dtype(torch.float64)",
        "DEFINITIONS",
        *file.leaves(),
        "",
        "# Forward pass",
        *file.forward(),
        "",
        "# Backward pass, by PyTorch",
    ]
    asked = [line for line in file.free if file.reaches(line.name)]
    settled = file.is_settled()
    if asked:
        lines += [f"{file.output}.backward()"]
    if not settled:
        lines += ["# where numbers are infinite or undefined, each library has its own conventions"]
        lines += [f"print({file.name(line.name)}.grad)" for line in asked]
        return file.text(lines)
    equal = "torch.testing.assert_close"
    lines += ["", "# Held to ours"]
    ours = repr(float(file.trace.value))
    lines += [f"{equal}({file.output}.detach(), torch.tensor({ours}))"]
    for line in asked:
        start = f"{equal}({file.name(line.name)}.grad, "
        lines += array_lines(start, file.slope(line.name), "torch", end=")")
    return file.text([*lines, 'print("PyTorch finds the same value and gradient.")'])


def jax_program(program: Program) -> str:
    """Return a file for JAX: the forward pass as a function, and its gradient held to ours.

    Raises:
        LimitError: it would hold more than 40,000 numbers.
    """
    file = CodeFile(program, "jax")
    listing = [file.name(line.name) for line in file.free]
    given = "(" + ", ".join(map(str, range(len(listing)))) + "," * (len(listing) == 1) + ")"
    lines = [
        *file.head("The forward pass as a function; its gradient by JAX is held to ours."),
        "IMPORTS",
        "",
        'jax.config.update("jax_enable_x64", True)',
        "DEFINITIONS",
        *file.leaves(),
        "",
        "",
        *listed("def function(", listing, "):"),
        *(f"    {line}" for line in file.forward()),
        f"    return {file.output}",
        "",
        "",
    ]
    if not listing:
        lines += ["value, gradient = function(), ()"]
    else:
        lines += [f"value, gradient = jax.value_and_grad(function, argnums={given})("]
        lines += [*listed("    ", listing, ""), ")"]
    if not file.is_settled():
        lines += ["# where numbers are infinite or undefined, each library has its own conventions"]
        return file.text([*lines, "print(value, gradient)"])
    equal = "np.testing.assert_allclose"
    lines += [f"{equal}(value, {float(file.trace.value)!r}, rtol=1e-9, atol=1e-9)"]
    for k, line in enumerate(file.free):
        close = ", rtol=1e-7, atol=1e-9)"
        lines += array_lines(f"{equal}(gradient[{k}], ", file.slope(line.name), "numpy", end=close)
    return file.text([*lines, 'print("JAX finds the same value and gradient.")'])
