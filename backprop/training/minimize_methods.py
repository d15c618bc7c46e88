"""The minimizers of SciPy that stand here: what each does with a gradient, and how it ends.

Our optimizers are given a gradient and return a move. These ask: for a value here, a gradient
there, as often as they like, and settle the length of every step themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Method:
    """One minimizer.

    Attributes:
        name: in an address.
        title: on the screen.
        called: what SciPy calls it.
        takes_gradient: whether it can use a gradient.
        needs_gradient: whether it refuses to work without one.
        words: how it uses it, in a sentence.
        source: where it was published, and in which form SciPy has it.
    """

    name: str
    title: str
    called: str
    takes_gradient: bool
    needs_gradient: bool
    words: str
    source: str


L_BFGS_B = Method(
    "l_bfgs_b",
    "L-BFGS-B",
    "L-BFGS-B",
    takes_gradient=True,
    needs_gradient=False,
    words="From how the gradient changed over its last ten steps it guesses the curvature, and "
    "searches along the direction in which a bowl of that curvature has its bottom.",
    source="Byrd, Lu, Nocedal and Zhu (1995), A limited memory algorithm for bound constrained "
    "optimization; version 3.0 of Morales and Nocedal (2011).",
)
CG = Method(
    "cg",
    "conjugate gradient",
    "CG",
    takes_gradient=True,
    needs_gradient=False,
    words="It bends each direction away from the last, so that no step undoes the one before, and "
    "searches along it for a low place.",
    source="Polak and Ribière (1969), Note sur la convergence de méthodes de directions "
    "conjuguées; as Nocedal and Wright, Numerical Optimization (2006), pages 120 to 122.",
)
NEWTON_CG = Method(
    "newton_cg",
    "Newton-CG",
    "Newton-CG",
    takes_gradient=True,
    needs_gradient=True,
    words="It solves for Newton’s step by conjugate gradients, and takes the curvature along each "
    "direction from two gradients that are close together.",
    source="Nocedal and Wright, Numerical Optimization (2006), page 168: a line search Newton "
    "method; the curvature by differences of the gradient.",
)
NELDER_MEAD = Method(
    "nelder_mead",
    "Nelder–Mead",
    "Nelder-Mead",
    takes_gradient=False,
    needs_gradient=False,
    words="It asks for no gradient: a simplex of N + 1 points turns its highest corner over, "
    "stretches, and shrinks around the lowest.",
    source="Nelder and Mead (1965), A simplex method for function minimization.",
)
METHODS: Mapping[str, Method] = MappingProxyType(
    {method.name: method for method in (L_BFGS_B, CG, NEWTON_CG, NELDER_MEAD)}
)


def ending(method: Method, status: int, message: str) -> str:
    """Return in plain words why SciPy ended, from its status and its message."""
    if status == 0:
        return _SUCCESS[method.name] if "REDUCTION" not in message else _HARDLY
    if method is L_BFGS_B:
        return _LINE if status == 2 else _STEPS
    if method is NELDER_MEAD:
        return "its own limit of evaluations" if status == 1 else _STEPS
    return {1: _STEPS, 2: _LINE, 3: "the value is no number any more"}.get(status, _LINE)


_HARDLY = "the value hardly falls any more"
_LINE = "no step along its direction went lower"
_STEPS = "its own limit of steps"
_SUCCESS = {
    "l_bfgs_b": "the gradient is next to nothing",
    "cg": "the gradient is next to nothing",
    "newton_cg": "its steps are next to nothing",
    "nelder_mead": "all corners are next to each other",
}
