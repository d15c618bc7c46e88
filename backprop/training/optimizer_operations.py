"""An optimizer's rule read as a list of operations on arrays, as few of them as may be.

Numbers are multiplied with one another before they meet an array. A division by a bias correction,
1 − beta ** t, waits until it can be carried out on numbers too: so Adam's two corrections cost no
pass over an array. Else the order is that of the text.

    _s1  a number      _n1  the same as an array without axes, as which NumPy takes it fastest
    x1   the result of the second operation
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from backprop.training.optimizer_code import COUNT, GIVEN, Rule


@dataclass(frozen=True, slots=True)
class _Number:
    """A single number: code for it."""

    code: str


@dataclass(frozen=True, slots=True)
class _Product:
    """Arrays multiplied and divided, and the numbers that wait to be multiplied with them.

    Attributes:
        factors, divisors: results, or letters that are given.
        above, below: numbers that wait: factors and divisors.
        minus: whether it is to be negated.
    """

    factors: tuple[str, ...] = ()
    divisors: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    minus: bool = False

    @property
    def waits(self) -> bool:
        """Whether a number waits."""
        return bool(self.above or self.below)

    @property
    def subtracts(self) -> bool:
        """Whether a sum takes it away; else a number takes the sign."""
        return self.minus and not self.waits

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

_NUMBERS: Mapping[type, str] = {
    **{ast.Add: "{} + {}", ast.Sub: "{} - {}", ast.Mult: "{} * {}"},
    **{ast.Div: "{} / {}", ast.Pow: "_pow({}, {})"},
}


class Operations:
    """A rule read as operations on arrays; x3 is the result of the fourth.

    Attributes:
        listed: each operation: its name and what it takes.
        numbers: code of a number -> its name, in the order in which they are calculated.
        wrapped: code of a number -> the name of the same as an array without axes.
        memory: the result that is remembered, by its letter.
        move: the result that is the move.
        kept: all of these.
    """

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.listed: list[tuple[str, tuple[str, ...]]] = []
        self.numbers: dict[str, str] = {}
        self.wrapped: dict[str, str] = {}
        self.corrections: set[str] = set()  # the numbers 1 − beta ** t, and their roots: in 0 … 1
        self.kept: set[str] = set()
        self.values: dict[str, _Value] = {name: _Number(name) for name in (*rule.settings, COUNT)}
        self.values |= {x: _Product((x,)) for x in (*GIVEN, *rule.memory) if x != COUNT}
        for target, expression in rule.lines:
            self.values[target] = self._of_line(self._read(expression))
        self.memory = {name: self._keep(name) for name in rule.memory if name != COUNT}
        self.move = self._keep("move")

    @property
    def count(self) -> str:
        """The number of the step after it; empty where none is remembered."""
        after = self.values[COUNT]
        return after.code if COUNT in self.rule.memory and isinstance(after, _Number) else ""

    def _of_line(self, value: _Value) -> _Value:
        """Return what a line sets; a division by corrections alone may wait beyond the line."""
        if isinstance(value, _Number) or (
            isinstance(value, _Product) and self._is_corrected(value)
        ):
            return value
        return _Product((self._array(value),))

    def _keep(self, letter: str) -> str:
        """Return the result that a letter ends as, which is no other letter's."""
        x = self._array(self.values[letter])
        if x in (*self.kept, *self.rule.memory, *GIVEN):
            x = self._operation("positive", x)
        self.kept.add(x)
        return x

    def _read(self, node: ast.expr) -> _Value:
        """Return the value of an expression."""
        match node:
            case ast.Constant(value=constant):
                return _Number(repr(constant))
            case ast.Name(id=name):
                return self.values[name]
            case ast.UnaryOp(operand=operand):
                return self._negative(self._read(operand))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._called(name, [self._read(argument) for argument in arguments])
        assert isinstance(node, ast.BinOp), "a rule that was read is inside the grammar"
        result = self._joined(node.op, self._read(node.left), self._read(node.right))
        if isinstance(result, _Number) and _is_correction(node):
            self.corrections.add(result.code)
        return result

    def _number(self, code: str) -> str:
        """Return the name of a number that is calculated so."""
        return self.numbers.setdefault(code, f"_s{len(self.numbers)}")

    def _chained(self, sign: str, *codes: str) -> str:
        """Return the name of a number that others make: a · b · c."""
        first, *others = codes
        for code in others:
            first = self._number(f"{first} {sign} {code}")
        return first

    def _wrap(self, code: str) -> str:
        """Return the name of a number as an array without axes."""
        return self.wrapped.setdefault(code, f"_n{len(self.wrapped)}")

    def _operation(self, name: str, *arguments: str) -> str:
        """Return the result of an operation."""
        self.listed.append((name, arguments))
        return f"x{len(self.listed) - 1}"

    def _is_corrected(self, x: _Product) -> bool:
        """Return whether one array is divided by corrections, and nothing else happens to it."""
        bare = len(x.factors) == 1 and not (x.divisors or x.above or x.minus)
        return bare and bool(x.below) and self.corrections.issuperset(x.below)

    def _joined(self, sign: ast.operator, x: _Value, y: _Value) -> _Value:
        if isinstance(x, _Number) and isinstance(y, _Number):
            return _Number(self._number(_NUMBERS[type(sign)].format(x.code, y.code)))
        match sign:
            case ast.Add():
                return self._added(x, y)
            case ast.Sub():
                return self._added(x, self._negative(y))
            case ast.Mult():
                return self._multiplied(x, y)
            case ast.Div():
                return self._divided(x, y)
        return self._power(x, y)

    def _negative(self, x: _Value) -> _Value:
        match x:
            case _Number(code):
                return _Number(self._number(f"-{code}"))
            case _Product():
                return replace(x, minus=not x.minus)
        terms = tuple(replace(term, minus=not term.minus) for term in x.terms)
        return _Sum(terms, self._number(f"-{x.number}") if x.number else "")

    def _added(self, x: _Value, y: _Value) -> _Value:
        left, right = _as_sum(x), _as_sum(y)
        numbers = [z.number for z in (left, right) if z.number]
        number = self._chained("+", *numbers) if numbers else ""
        terms = (*left.terms, *right.terms)
        if number and len(terms) == 1 and self._is_corrected(terms[0]):
            below = terms[0].below  # x / k + y is (x + k · y) / k, and the division goes on waiting
            number = self._chained("*", number, *below)
            return _Product(
                (self._operation("add", *terms[0].factors, self._wrap(number)),), below=below
            )
        return _Sum(terms, number)

    def _multiplied(self, x: _Value, y: _Value) -> _Value:
        if isinstance(y, _Number):
            return self._scaled(x, _Product(above=(y.code,)))
        if isinstance(x, _Number):
            return self._scaled(y, _Product(above=(x.code,)))
        return self._undivided(x).times(self._undivided(y))

    def _divided(self, x: _Value, y: _Value) -> _Value:
        if isinstance(y, _Number):
            return self._scaled(x, _Product(below=(y.code,)))
        y = self._undivided(y)
        if len(y.factors) > 1:
            y = replace(y, factors=(self._array(_Product(y.factors)),))
        x = _Product(above=(x.code,)) if isinstance(x, _Number) else self._product(x)
        return x.times(y.inverse())

    def _scaled(self, x: _Value, by: _Product) -> _Value:
        """Return a value times numbers; in a sum where all wait for one, theirs become others."""
        if isinstance(x, _Sum) and all(term.waits for term in x.terms):
            terms = tuple(by.times(term) for term in x.terms)
            if not x.number:
                return _Sum(terms)
            number = self._chained("*", x.number, *by.above)
            return _Sum(terms, self._chained("/", number, *by.below))
        return by.times(self._product(x))

    def _power(self, x: _Value, y: _Value) -> _Value:
        if isinstance(y, _Number) and y.code in ("2", "2.0"):
            base = self._array(x)
            return _Product((self._operation("multiply", base, base),))
        return _Product((self._operation("pow", self._taken(x), self._taken(y)),))

    def _called(self, name: str, arguments: list[_Value]) -> _Value:
        codes = [x.code for x in arguments if isinstance(x, _Number)]
        if len(codes) == len(arguments):
            return _Number(self._number(f"_{name}({', '.join(codes)})"))
        x = arguments[0]
        if name == "sqrt" and isinstance(x, _Product) and self._is_corrected(x):
            roots = tuple(self._number(f"_sqrt({code})") for code in x.below)
            self.corrections.update(roots)
            return _Product((self._operation("sqrt", *x.factors),), below=roots)
        return _Product((self._operation(name, *map(self._taken, arguments)),))

    def _taken(self, x: _Value) -> str:
        return self._wrap(x.code) if isinstance(x, _Number) else self._array(x)

    def _product(self, x: _Value) -> _Product:
        return x if isinstance(x, _Product) else _Product((self._array(x),))

    def _undivided(self, x: _Value) -> _Product:
        """Return a value as a product without divisors."""
        x = self._product(x)
        if not x.divisors:
            return x
        inner = self._array(_Product(x.factors, x.divisors, x.above))
        return _Product((inner,), below=x.below, minus=x.minus)

    def _array(self, x: _Value) -> str:
        """Return a value as a result, or as the letter that it is."""
        match x:
            case _Number(code):
                return self._operation("full", self._wrap(code))
            case _Product():
                return self._array_of_product(x)
        return self._array_of_sum(x)

    def _array_of_product(self, x: _Product) -> str:
        factors = list(x.factors)
        if x.above:
            number = self._chained("/", self._chained("*", *x.above), *x.below)
            factors.insert(1, self._wrap(self._number(f"-{number}") if x.minus else number))
        result, *others = factors
        for factor in others:
            result = self._operation("multiply", result, factor)
        for divisor in x.divisors:
            result = self._operation("divide", result, divisor)
        if x.below and not x.above:
            number = self._chained("*", *x.below)
            number = self._number(f"-{number}") if x.minus else number
            return self._operation("divide", result, self._wrap(number))
        return self._operation("negative", result) if x.minus and not x.above else result

    def _array_of_sum(self, x: _Sum) -> str:
        number, terms = x.number, list(x.terms)
        first = next((term for term in terms if not term.subtracts), None)
        if first is None and number:
            result, number = self._wrap(number), ""
        else:
            first = first or terms[0]
            terms.remove(first)
            result = self._array(first)
        for term in terms:
            sign = "subtract" if term.subtracts else "add"
            term = replace(term, minus=term.minus and not term.subtracts)
            result = self._operation(sign, result, self._array(term))
        return self._operation("add", result, self._wrap(number)) if number else result


def _as_sum(x: _Value) -> _Sum:
    match x:
        case _Number(code):
            return _Sum((), code)
        case _Product():
            return _Sum((x,))
    return x


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
