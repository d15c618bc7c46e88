"""How long a typed function takes to be read, and to be laid out with fast-sugiyama."""

from collections.abc import Iterator
from contextlib import suppress
from statistics import median

from backprop.drawing.expressions import expression_picture
from backprop.engine.errors import InputError
from backprop.engine.expression import CHARACTERS, NESTING, NODES, parse
from backprop.engine.graph import Graph
from benchmarks.timing import Row, below, seconds

ROUNDS = 15
TYPICAL = {  # up to as many nodes as may be typed, but tidy
    "a polynomial": "+".join(f"a{i}*x^{i}" for i in range(40)),
    "a sum of neurons": "+".join(f"c{i}*tanh(w{i}*x+b{i})" for i in range(25)),
    "a sum of shared products": "+".join(f"(x*y+{i})*sin(x*y)" for i in range(19)),
}

# Long edges are what costs. These are the slowest that a search found among thousands of random
# chains, trees and shared sub-expressions, changed letter by letter for as long as that made them
# slower: each leaf is used just rarely enough not to be copied, and the edges cross just few
# enough columns not to get the closed form.
WORST = {
    "a tangled chain": (
        "K/G/l+B*a+f*q*r-F*o/l*g+x-E-s/k/t*A*A*C/m+G-m+G*v*n+j+G/F-K*M/u*B/k/B*r/j-u-t+H/D/B-F/"
        "B/r-w-j+v/I/g*t/x+L+h+s*J-M-p-t*M+F/n-F/w+a*y-h/u-j-H/x+d/v*c-G+f-t/x+C-F+f-t*A+A+n*F+"
        "q*O"
    ),
    "another": (
        "K/G/l+B*a+f*q*r-F*o-l*g+x-E-s/k-t*A*A*L/m+G-m-G*n+j+G/F-K*M/u*B/k/B*r/j-u-t+H/D/B-F/B/"
        "r-w-j+v/R/g*t/x+L+h+s*J-M-p-d*M+F/n+F/w+a*y-h/u-j-H/x+d/v*c-G+f-t/x+C-F+f-t*A"
    ),
    "a tangled nest": (
        "l*(d/(f*(k*(s/(s/(q/(a*(a+(t*(h+(g+(d+(q+(f*(d-(h)+g/b)+k/n)*g*m+l)-o-h+g+o)*m-t/l+g"
        ")/s*m+j+h*l/p-k)/g-h)*l)-j+r)*o-o)-b-s))+g-a+q*d)+p-o)*d-n/s-r*p/f/m*l/t-s)/n/q+o*c"
    ),
}
TEXTS = {
    "a sum of x": "+".join(["x"] * (NODES - 1)),
    "numbers with many digits": "+".join(["0.12345678901234567890"] * 21),
    "nested functions": "sin(" * (NESTING - 1) + "x" + ")" * (NESTING - 1),
    "one long name": "x" * CHARACTERS,
    "a function that nobody knows": "+".join(["x*y"] * 40) + "+sinn(x)",
}


def rows() -> Iterator[Row]:
    """Measure each layout afresh, and the reading of texts of as many characters as may be."""
    for name, text in TYPICAL.items():
        yield _layout(name, parse(text, share=True), 20)
    for name, text in WORST.items():
        yield _layout(name, parse(text), 100)
    for name, text in TEXTS.items():
        read = median(seconds(lambda text=text: _read(text)) for _ in range(ROUNDS))
        yield Row(f"reading {CHARACTERS} characters, {name}", f"{read * 1e3:.3g} ms")


def _layout(name: str, graph: Graph, wanted: float) -> Row:
    """Return the row of the median time of a layout, in milliseconds."""
    times = [seconds(lambda: _laid_out(graph)) for _ in range(ROUNDS)]
    return below(f"layout, {name}, {len(graph)} nodes", median(times) * 1e3, wanted, "ms")


def _laid_out(graph: Graph) -> None:
    expression_picture.cache_clear()  # it keeps what it has drawn
    expression_picture(graph)


def _read(text: str) -> None:
    with suppress(InputError):  # a refusal takes its time too
        parse(text.ljust(CHARACTERS))
