"""A bug in the backward pass of a program of arrays: a slip in what one line sends back.

The pass stands as lines of the program's own language, one for each use: what a line of the program
sends to a name that it reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from backprop.engine.arrays.uses import uses
from backprop.engine.backward import differentiate
from backprop.engine.program import Program, program
from backprop.engine.slips.programs.places import Felt, Slips, WrongText
from backprop.lessons.find_the_bug.code import Line, Place, say
from backprop.stage.walk.explanation import Words

TEXTS = {
    "layers": """X : given 4 x 3 = random 1
y : index 4 = [0, 1, 1, 0]
W1 : 3 x 3 = random 2 * 0.8
b1 : 3 = random 3 * 0.5
W2 : 2 x 3 = random 4 * 0.8
b2 : 2 = random 5 * 0.5
Z1 = X @ W1.T + b1
A1 = tanh(Z1)
Z2 = A1 @ W2.T + b2
L = cross_entropy(Z2, y)""",
    "norm": """X : given 4 x 3 = random 6
Y : given 4 x 2 = random 7
W : 3 x 3 = random 8
gain : 3 = uniform 9
bias : 3 = random 10 * 0.5
V : 2 x 3 = random 11
Z = X @ W.T
N = standardize(Z, axis=0)
H = gain * N + bias
A = relu(H)
S = A @ V.T
L = mean((S - Y) ** 2)""",
    "recurrent": """X : given 2 x 2 x 3 = random 12
Y : given 2 x 3 = random 13
U : 3 x 3 = random 14 * 0.6
W : 3 x 3 = random 15 * 0.6
b : 3 = random 16 * 0.3
h1 = tanh(X[:, 0] @ U.T + b)
Z2 = X[:, 1] @ U.T + h1 @ W.T + b
h2 = tanh(Z2)
L = mean((h2 - Y) ** 2)""",
    "attention": """X : given 3 x 4 = random 17
R : given 3 x 4 = random 18
Wq : 4 x 4 = random 19 * 0.6
Wk : 4 x 4 = random 20 * 0.6
Wv : 4 x 4 = random 21 * 0.6
Q = X @ Wq.T
K = X @ Wk.T
V = X @ Wv.T
S = Q @ K.T / 2
P = softmax(S)
O = P @ V
L = sum(R * O)""",
}
TITLES = {
    "layers": "two layers and cross-entropy",
    "norm": "a batch norm and relu",
    "recurrent": "a recurrent net, two steps",
    "attention": "attention with one head",
}


@dataclass(frozen=True, eq=False)
class ProgramBug:
    """A slip in one use of a program.

    Attributes:
        name: of the program.
        slips: all that can be made in it.
        felt: this one.
        sent: what is sent by it, and what belongs there.
    """

    name: str
    slips: Slips
    felt: Felt
    sent: WrongText

    @property
    def slip_name(self) -> str:
        """The slip by its name."""
        return self.felt.planted.slip.name

    @property
    def heading(self) -> str:
        """What the slip is called."""
        return self.felt.planted.slip.title

    @property
    def about(self) -> str:
        """Why it is wrong."""
        return self.felt.planted.slip.about

    @property
    def phrase(self) -> str:
        """What stands there, in a phrase."""
        return f"d{self.sent.name} gets {self.sent.wrong}" if self.sent.wrong else "nothing is sent"

    @property
    def title(self) -> str:
        """What program it is."""
        return TITLES[self.name]

    @property
    def loss(self) -> Words:
        """The last line, which is what the program computes."""
        return (TEXTS[self.name].splitlines()[-1],)

    @property
    def program(self) -> Program:
        """The program."""
        return self.slips.program

    @cached_property
    def right_lines(self) -> tuple[Line, ...]:
        """The backward pass as it should be: 1 at the end, then each use."""
        last = self.program.nodes[self.program.output].name
        lines = [Line(Place(last, 0), f"d{last}", "1")]
        for use in uses(self.program):
            text = f"d{use.name} + {use.text}" if use.which else use.text
            lines.append(Line(Place(use.line, use.which), f"d{use.name}", text))
        return tuple(lines)

    @cached_property
    def number(self) -> int:
        """Which line is wrong, counted from 1."""
        places = enumerate(uses(self.program), 2)
        here = self.felt.planted.line, self.sent.name
        return next(n for n, use in places if (use.line, use.name) == here)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The backward pass with the wrong line in its place."""
        use = uses(self.program)[self.number - 2]
        right, wrong = self.right_lines[self.number - 1], self.sent.wrong
        text = f"d{use.name} + {wrong or 0}" if use.which else wrong or f"0 * {use.name}"
        line = Line(right.place, right.makes, text)
        return tuple(line if each is right else each for each in self.right_lines)

    @property
    def line(self) -> Line:
        """The wrong line."""
        return self.lines[self.number - 1]

    @property
    def right_line(self) -> Line:
        """What should stand there."""
        return self.right_lines[self.number - 1]

    @property
    def claimed(self) -> Mapping[str, Any]:
        """The gradient that the lines make, by leaf."""
        return self.felt.gradient

    @cached_property
    def wrong_leaves(self) -> tuple[str, ...]:
        """The leaves whose gradient is wrong, in the order in which the lines make them."""
        wrong = [n for n, g in self.claimed.items() if not _same(g, self.slips.right[n])]
        made = [line.makes for line in self.lines]
        return tuple(sorted(wrong, key=lambda n: made.index(f"d{n}")))

    def equals(self, other: "ProgramBug") -> bool:
        """Whether another bug gives the same gradient: then the numbers cannot tell them apart."""
        return all(_same(self.claimed[name], other.claimed[name]) for name in self.claimed)

    def as_cause(self, slip: str) -> "ProgramBug | None":
        """Return the slip of this name that lies nearest to this one; None where there is none."""
        near = sorted(possible_program_bugs(self.name), key=lambda b: abs(b.number - self.number))
        return next((each for each in near if each.slip_name == slip), None)


def _same(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, rtol=1e-9, atol=1e-12))


@lru_cache(maxsize=8)
def possible_program_bugs(name: str) -> tuple[ProgramBug, ...]:
    """Return every slip that a program can have in one use alone, in backward's order."""
    made = program(TEXTS[name])
    slips = Slips(differentiate(made, made.at))
    found = []
    for felt in slips.felt:
        sent = felt.planted.sentences(made)
        if len(sent) == 1 and sent[0].wrong:
            found.append(ProgramBug(name, slips, felt, sent[0]))
    return tuple(found)


@lru_cache(maxsize=64)
def make_program_bug(name: str, key: str) -> ProgramBug:
    """Return the bug of this key in a program; it must be possible there."""
    return next(b for b in possible_program_bugs(name) if b.felt.planted.key == key)


def explain_program(bug: ProgramBug) -> Words:
    """Return what was wrong: the line as it is, and as it should be."""
    return say(f"`{bug.line.formula}` stands where `{bug.right_line.formula}` belongs.")
