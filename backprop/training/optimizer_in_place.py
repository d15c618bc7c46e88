"""An optimizer's rule as code for flat arrays that allocates nothing: every result has its place.

It is written in two passes. The first reads the rule as operations on arrays, each with a result
of its own. Numbers are multiplied with one another before they meet an array, and a division by a
bias correction, 1 − beta ** t, waits until it can be carried out on numbers too: Adam's two
corrections cost no pass over an array. The second pass gives every result a place: the memory it
will be, the place of an operand that nobody needs any more, or a buffer.

    _s1  a number      _n1  the same as an array without axes, as which NumPy takes it faster
    x1   the result of an operation on arrays      _b1  a buffer
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from backprop.training.optimizer_code import ARRAYS, COUNT, FLOATS, Rule, compiled

ARGUMENTS = ("_optimizer", "g", "theta", "_state", "_numbers", "_buffers")


@dataclass(frozen=True, eq=False, slots=True)
class ArrayStep:
    """A rule as code: ``step(optimizer, g, theta, state, numbers, buffers)`` returns the move.

    It writes the next state over the state; the move lies in a buffer.

    Attributes:
        fast: raises before it has written anything where floats refuse to calculate.
        careful: the same step, with ∞ or NaN there.
        numbers: how many arrays without axes it needs.
        buffers: how many arrays like theta.
    """

    fast: Callable[..., Any]
    careful: Callable[..., Any]
    numbers: int
    buffers: int


@dataclass(frozen=True, slots=True)
class _Number:
    """A single number: code for it."""

    code: str


@dataclass(frozen=True, slots=True)
class _Product:
    """Arrays multiplied and divided, and the numbers that wait to be multiplied with them."""

    factors: tuple[str, ...] = ()
    divisors: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    minus: bool = False

    @property
    def waits(self) -> bool:
        """Whether a number waits."""
        return bool(self.above or self.below)

    def times(self, other: "_Product") -> "_Product":
        return _Product(
            self.factors + other.factors,
            self.divisors + other.divisors,
            self.above + other.above,
            self.below + other.below,
            self.minus != other.minus,
        )

    def inverse(self) -> "_Product":
        return _Product(self.divisors, self.factors, self.below, self.above, self.minus)


@dataclass(frozen=True, slots=True)
class _Sum:
    """Products that are to be added, and a number with them."""

    terms: tuple[_Product, ...]
    number: str = ""


_Value = _Number | _Product | _Sum


_SIGNS: Mapping[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_OPERATIONS = {f"each_{name}": function for name, function in ARRAYS.items()}


@lru_cache(maxsize=64)
def array_step(rule: Rule) -> ArrayStep:
    """Return a rule as code for flat arrays."""
    operations = _Operations(rule)
    arrays, buffers = _placed(operations)
    fast, careful = (
        compiled(
            ARGUMENTS, (*operations.numbers_as(form, count), *arrays), {**_OPERATIONS, **scope}
        )
        for form, count, scope in (("{}", "{}", FLOATS), ("_float64({})", "int({})", ARRAYS))
    )
    return ArrayStep(fast, careful, len(operations.wrapped), buffers)


class _Operations:
    """A rule read as operations on arrays; x3 is the result of the fourth.

    Attributes:
        listed: each operation: its name and what it takes.
        numbers: code of a number -> its name, in the order in which they are calculated.
        wrapped: code of a number -> the name of the same as an array without axes.
        memory: what is remembered after the step, by its letter: the result that it is.
        move: the result that is the move.
    """

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.listed: list[tuple[str, tuple[str, ...]]] = []
        self.numbers: dict[str, str] = {}
        self.wrapped: dict[str, str] = {}
        self.corrections: set[str] = set()  # the numbers 1 − beta ** t; they are positive
        self.kept: set[str] = set()
        self.values: dict[str, _Value] = {name: _Number(name) for name in (*rule.settings, COUNT)}
        self.values |= {x: _Product((x,)) for x in ("g", "theta", *rule.memory) if x != COUNT}
        for target, expression in rule.lines:
            self.values[target] = self.of_line(self.read(expression))
        self.memory = {name: self.keep(name) for name in rule.memory if name != COUNT}
        self.move = self.keep("move")

    def numbers_as(self, form: str, count: str) -> list[str]:
        """Return the lines that calculate the numbers, and count the step.

        Args:
            form: how a setting is taken, with braces for it.
            count: how the number of the step is given back.
        """
        lines = [f"{name} = {form.format(f'_optimizer.{name}')}" for name in self.rule.settings]
        if COUNT in self.rule.memory:
            lines.append(f"{COUNT} = {form.format(f'_state[{COUNT!r}]')}")
        lines += [f"{name} = {code}" for code, name in self.numbers.items()]
        if self.wrapped:
            lines.append(f"{', '.join(self.wrapped.values())}, = _numbers")
        lines += [f"{array}[()] = {code}" for code, array in self.wrapped.items()]
        after = self.values[COUNT]
        if COUNT in self.rule.memory and isinstance(after, _Number):
            lines.append(f"_state[{COUNT!r}] = {count.format(after.code)}")
        return lines

    def of_line(self, value: _Value) -> _Value:
        """Return what a line sets; a division by corrections alone may wait beyond the line."""
        if isinstance(value, _Number) or (isinstance(value, _Product) and self.is_corrected(value)):
            return value
        return _Product((self.array(value),))

    def keep(self, letter: str) -> str:
        """Return the result that a letter ends as, which is no other letter's."""
        x = self.array(self.values[letter])
        if x in self.kept or x not in (f"x{i}" for i in range(len(self.listed))):
            x = self.operation("positive", x)
        self.kept.add(x)
        return x

    def read(self, node: ast.expr) -> _Value:
        """Return the value of an expression."""
        match node:
            case ast.Constant(value=constant):
                return _Number(repr(constant))
            case ast.Name(id=name):
                return self.values[name]
            case ast.UnaryOp(operand=operand):
                return self.negative(self.read(operand))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.called(name, [self.read(argument) for argument in arguments])
            case ast.BinOp(left=left, op=sign, right=right):
                found = self.joined(sign, self.read(left), self.read(right))
                if isinstance(found, _Number) and _is_correction(node):
                    self.corrections.add(found.code)
                return found
        raise AssertionError(f"{ast.unparse(node)} is outside the grammar.")

    def number(self, code: str) -> str:
        """Return the name of a number that is calculated so."""
        return self.numbers.setdefault(code, f"_s{len(self.numbers)}")

    def chained(self, sign: str, *codes: str) -> str:
        first, *others = codes
        for code in others:
            first = self.number(f"{first} {sign} {code}")
        return first

    def wrap(self, code: str) -> str:
        return self.wrapped.setdefault(code, f"_n{len(self.wrapped)}")

    def operation(self, name: str, *arguments: str) -> str:
        """Return the result of an operation."""
        self.listed.append((name, arguments))
        return f"x{len(self.listed) - 1}"

    def is_corrected(self, x: _Product) -> bool:
        """Return whether one array is divided by corrections, and nothing else happens to it."""
        bare = len(x.factors) == 1 and not (x.divisors or x.above or x.minus)
        return bare and bool(x.below) and self.corrections.issuperset(x.below)

    def joined(self, sign: ast.operator, x: _Value, y: _Value) -> _Value:
        power = isinstance(sign, ast.Pow)
        if isinstance(x, _Number) and isinstance(y, _Number):
            code = (
                f"_pow({x.code}, {y.code})" if power else f"{x.code} {_SIGNS[type(sign)]} {y.code}"
            )
            return _Number(self.number(code))
        if power:
            return self.power(x, y)
        match sign:
            case ast.Add():
                return self.added(x, y)
            case ast.Sub():
                return self.added(x, self.negative(y))
            case ast.Mult():
                return self.multiplied(x, y)
        return self.divided(x, y)

    def negative(self, x: _Value) -> _Value:
        match x:
            case _Number(code):
                return _Number(self.number(f"-{code}"))
            case _Product():
                return replace(x, minus=not x.minus)
        terms = tuple(replace(term, minus=not term.minus) for term in x.terms)
        return _Sum(terms, self.number(f"-{x.number}") if x.number else "")

    def added(self, x: _Value, y: _Value) -> _Value:
        numbers = [z.code if isinstance(z, _Number) else "" for z in (x, y)]
        numbers += [z.number for z in (x, y) if isinstance(z, _Sum)]
        number = self.chained("+", *(filter(None, numbers) if any(numbers) else ("",)))
        terms = (*_terms(x), *_terms(y))
        if len(terms) == 1 and terms[0].below:  # x / k + y is (x + k · y) / k: the division waits
            (term,) = terms
            below, number = term.below, self.chained("*", number, *term.below)
            return _Product((self.array(_Sum((replace(term, below=()),), number)),), below=below)
        return _Sum(terms, number)

    def multiplied(self, x: _Value, y: _Value) -> _Value:
        if isinstance(y, _Number):
            return self.scaled(x, _Product(above=(y.code,)))
        if isinstance(x, _Number):
            return self.scaled(y, _Product(above=(x.code,)))
        return self.undivided(x).times(self.undivided(y))

    def divided(self, x: _Value, y: _Value) -> _Value:
        if isinstance(y, _Number):
            return self.scaled(x, _Product(below=(y.code,)))
        y = self.undivided(y)
        if len(y.factors) > 1:
            y = replace(y, factors=(self.array(_Product(y.factors)),))
        x = _Product(above=(x.code,)) if isinstance(x, _Number) else self.product(x)
        return x.times(y.inverse())

    def scaled(self, x: _Value, by: _Product) -> _Value:
        """Return a value times numbers; in a sum where all wait for one, theirs become others."""
        if isinstance(x, _Sum) and all(term.waits for term in x.terms):
            terms = tuple(by.times(term) for term in x.terms)
            if not x.number:
                return _Sum(terms)
            number = self.chained("*", x.number, *by.above)
            return _Sum(terms, self.chained("/", number, *by.below))
        return by.times(self.product(x))

    def power(self, x: _Value, y: _Value) -> _Value:
        if isinstance(y, _Number) and y.code in ("2", "2.0"):
            base = self.array(x)
            return _Product((self.operation("multiply", base, base),))
        return _Product((self.operation("pow", self.taken(x), self.taken(y)),))

    def called(self, name: str, arguments: list[_Value]) -> _Value:
        codes = [x.code for x in arguments if isinstance(x, _Number)]
        if len(codes) == len(arguments):
            return _Number(self.number(f"_{name}({', '.join(codes)})"))
        x = arguments[0]
        if name == "sqrt" and isinstance(x, _Product) and self.is_corrected(x):
            roots = tuple(self.number(f"_sqrt({code})") for code in x.below)
            return _Product((self.operation("sqrt", *x.factors),), below=roots)
        return _Product((self.operation(name, *map(self.taken, arguments)),))

    def taken(self, x: _Value) -> str:
        return self.wrap(x.code) if isinstance(x, _Number) else self.array(x)

    def product(self, x: _Value) -> _Product:
        return x if isinstance(x, _Product) else _Product((self.array(x),))

    def undivided(self, x: _Value) -> _Product:
        """Return a value as a product without divisors."""
        x = self.product(x)
        if not x.divisors:
            return x
        inner = self.array(_Product(x.factors, x.divisors, x.above))
        return _Product((inner,), below=x.below, minus=x.minus)

    def array(self, x: _Value) -> str:
        """Return a value as a result, or as the letter that it is."""
        match x:
            case _Number(code):
                return self.operation("positive", self.wrap(code))
            case _Product():
                return self.array_of_product(x)
        return self.array_of_sum(x)

    def array_of_product(self, x: _Product) -> str:
        factors = list(x.factors)
        if x.above:
            number = self.chained("/", self.chained("*", *x.above), *x.below)
            factors.insert(1, self.wrap(self.number(f"-{number}") if x.minus else number))
        found, *others = factors
        for factor in others:
            found = self.operation("multiply", found, factor)
        for divisor in x.divisors:
            found = self.operation("divide", found, divisor)
        if x.below and not x.above:
            number = self.chained("*", *x.below)
            number = self.number(f"-{number}") if x.minus else number
            return self.operation("divide", found, self.wrap(number))
        return self.operation("negative", found) if x.minus and not x.above else found

    def array_of_sum(self, x: _Sum) -> str:
        first, *others = sorted(x.terms, key=lambda term: term.minus and not term.waits)
        if x.number and first.minus and not first.waits:
            found = self.operation(
                "subtract", self.wrap(x.number), self.array(replace(first, minus=False))
            )
        else:
            found = self.array(first)
        for term in others:
            if term.minus and not term.waits:
                found = self.operation("subtract", found, self.array(replace(term, minus=False)))
            else:
                found = self.operation("add", found, self.array(term))
        if x.number and not (first.minus and not first.waits):
            found = self.operation("add", found, self.wrap(x.number))
        return found


def _terms(x: _Value) -> tuple[_Product, ...]:
    if isinstance(x, _Sum):
        return x.terms
    return (x,) if isinstance(x, _Product) else ()


def _is_correction(node: ast.BinOp) -> bool:
    """Return whether an expression is 1 − beta ** t."""
    match node:
        case ast.BinOp(
            left=ast.Constant(value=1),
            op=ast.Sub(),
            right=ast.BinOp(left=ast.Name(), op=ast.Pow(), right=ast.Name(id=name)),
        ):
            return name == COUNT
    return False


def _placed(operations: _Operations) -> tuple[list[str], int]:
    """Return the lines that carry out the operations, each in a place, and how many buffers."""
    memory, kept = operations.memory, operations.kept
    last = {x: i for i, (_, taken) in enumerate(operations.listed) for x in taken}
    place = {name: name for name in ("g", "theta", *memory)}
    free: list[str] = []
    buffers: list[str] = []
    lines = []
    for i, (name, taken) in enumerate(operations.listed):
        result, ends = f"x{i}", [x for x in dict.fromkeys(taken) if last[x] == i and x not in kept]
        freed = [place[x] for x in ends if x in place and x not in ("g", "theta")]
        letter = next((letter for letter, x in memory.items() if x == result), "")
        usable = [*freed, *(b for b in free if b in buffers)]
        free = [*freed, *free]
        if letter in free:
            found = letter
        else:
            usable = [b for b in usable if result not in kept or b in buffers]
            if not usable:
                buffers.append(f"_b{len(buffers)}")
            found = usable[0] if usable else buffers[-1]
        place[result] = found
        arguments = ", ".join(place.get(x, x) for x in taken)
        by = "out=" if name in ("maximum", "minimum") else ""  # they refuse it by its place alone
        lines.append(f"_each_{name}({arguments}, {by}{found})")
        free = [b for b in free if b != found] + [found] * (
            result not in last and result not in kept
        )
    lines += [f"_each_copyto({x}, {place[r]})" for x, r in memory.items() if place[r] != x]
    taken_out = [f"{name} = _state[{name!r}]" for name in memory]
    if buffers:
        taken_out.append(f"{', '.join(buffers)}, = _buffers")
    return [*taken_out, *lines, f"return {place[operations.move]}"], len(buffers)
