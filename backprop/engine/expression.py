"""A typed formula becomes a graph.

The grammar is our own; nothing that is typed is ever run. From loosest to tightest:

    lines    { variable = choice ; } [ variable = ] choice     ; or a new line
    choice   sum [ < | <= | > | >= | == | != sum ]
    sum      product { + | − product }
    product  power { * | / | nothing  power }      nothing: 2x, 3(x + 1), (a + b)(b + 1), x y
    power    signs operand { ^ signs operand }     from the right; −x^2 = −(x^2), 2^−1 is fine
    operand  number | variable | e | π | ( choice ) | |choice| | function(choice, …)
             | function operand

A variable is a Latin or Greek letter followed by letters, digits and underscores: `xy` is one
variable of that name, `x y` is a product. A comparison is 1 where it holds, and 0 elsewhere. What
has two readings (`1/2x`, `sin x y`) is refused, and the message shows both. The name of a line
stands for its result, which is one node however often it is used: `h = tanh(x); h*h`.
"""

import keyword
from typing import NamedTuple, NoReturn

from backprop.engine.errors import ExpressionError, LimitError
from backprop.engine.function_names import NUMBERS, nearest_function
from backprop.engine.graph import Builder, Graph
from backprop.engine.named_lines import EXAMPLE, LineNames, has_lines, refuse_nameless, refuse_start
from backprop.engine.ops import COMPARISONS, OPS
from backprop.engine.tokens import CONSTANTS, Token, tokens

CHARACTERS = 500
NODES = 200  # as typed, before equal ones are shared
NESTING = 40
DEPTH = 80

OPERATIONS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
OPERATIONS |= {row.typed: row.name for row in OPS.values() if row.typed in COMPARISONS}
CHAINS = {"add": "sum", "subtract": "sum", "multiply": "product"}
REPEATED = ("max", "min", "logsumexp")  # of two numbers, and so of any number of them
ARGUMENTS = {1: ("one argument", "x"), 2: ("two arguments", "x, y")}
ARGUMENTS |= {3: ("three arguments: a condition and two values", "x > 0, x, y")}


def parse(text: str, *, share: bool = False) -> Graph:
    """Return a typed formula as a graph: its variables as they first appear, then the rest.

    Args:
        text: such as "(x + y) * z", "2x^2 - sin(θ)/3", "max(a, b, 0)", "h = tanh(x); h*h".
        share: make equal sub-expressions one node, which is then used more than once.

    Raises:
        ExpressionError: the text cannot be read, or can be read in two ways.
        LimitError: more than 500 characters, 200 nodes (constants included), or 40 levels of
            parentheses, functions, signs or powers.
    """
    if len(text) > CHARACTERS:
        hint = f"At most {CHARACTERS} are possible."
        raise LimitError(f"The formula has {len(text)} characters.", hint=hint, at=CHARACTERS)
    if not text.strip():
        raise ExpressionError("There is no formula.", hint="Type one, such as (x + y) * z.", at=0)
    return _Reader(text, share=share).graph()


class _Piece(NamedTuple):
    """A part of the text that has been read.

    Attributes:
        node: what it became.
        start, end: where it stands.
        opens: where its last operand starts, if that is a function without parentheses: sin x.
        inside: where that function's operand starts.
        exponent: where its last exponent starts, if it ends in one: x^2.
    """

    node: int
    start: int
    end: int
    opens: int = -1
    inside: int = -1
    exponent: int = -1


class _Reader:
    """Reads tokens from left to right; each line of the grammar is a method.

    It calls itself for brackets and functions only, so it goes as deep as the text is nested.
    """

    def __init__(self, text: str, *, share: bool) -> None:
        self.text = text
        self.has_lines = has_lines(text)
        self.tokens = tokens(text, lines=self.has_lines)
        self.lines = LineNames(self.tokens)
        self.place = 0
        self.open: list[str] = []  # the brackets and functions around this place
        self.builder = Builder(share=share, kept=self.lines.all)
        self.known: dict[str, int] | None = {} if share else None
        names = dict.fromkeys(token.text for token in self.tokens if token.kind == "variable")
        self.size = len(names.keys() - self.lines.all)
        for name in names:
            if name not in self.lines.all:
                self.builder.leaf(name)

    @property
    def token(self) -> Token:
        """The next token, not yet read."""
        return self.tokens[self.place]

    @property
    def end(self) -> int:
        """Where the last token that was read ends."""
        return self.tokens[self.place - 1].end

    def graph(self) -> Graph:
        if self.has_lines:
            self.named_lines()
        else:
            self.choice()
        if self.token.kind != "end":
            self.refuse_sign()
        if self.size > NODES:
            what = f"The formula has {self.size} nodes: variables, constants and operations."
            raise LimitError(what, hint=f"At most {NODES} are possible.")
        graph = self.builder.graph()
        if (deep := _depth(graph)) > DEPTH:
            what = f"{deep} signs, powers and quotients stand inside each other."
            raise LimitError(what, hint=f"At most {DEPTH} are possible.")
        return graph

    def named_lines(self) -> None:
        """Read lines up to the last, which is the function."""
        while self.take(";"):
            pass
        while True:
            name, start = self.line_name(), self.token.start
            node = self.choice().node
            if self.lines.end(node):
                self.builder.call(node, name)
            if self.token.text != ";":
                break
            while self.take(";"):
                pass
            if self.token.kind == "end":
                break
            if not name:
                refuse_nameless(start)
        self.lines.check_used(name)

    def line_name(self) -> str:
        """Read the name of a line and its “=”, if they stand here."""
        token, sign = self.token, self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        if sign.text != "=" or token.kind == "sign":
            return ""
        if token.kind != "variable":
            what = f"“{self.quote(token.start, token.end)}” cannot name a line: it has a meaning."
            raise ExpressionError(what, hint="Take another name.", at=token.start)
        self.lines.begin(token)
        self.place += 2
        return token.text

    def choice(self) -> _Piece:
        """Read a sum, or two with a comparison between them."""
        left = self.sum()
        sign = self.take(*COMPARISONS)
        if not sign:
            return left
        right = self.sum()
        if self.token.text in COMPARISONS:
            a, b = (self.quote(each.start, each.end) for each in (left, right))
            what = f"“{self.quote(left.start, self.token.end)}” compares twice."
            hint = f"Write ({a} {sign} {b})*({b} {self.token.text} …)."
            raise ExpressionError(what, hint=hint, at=self.token.start)
        return self.join(sign, left, right)

    def sum(self) -> _Piece:
        left = self.product()
        while sign := self.take("+", "-"):
            left = self.join(sign, left, self.product())
        return left

    def product(self) -> _Piece:
        left = last = self.power()
        top: _Piece | None = None  # what stands before the “/”, if that was the last sign
        while True:
            at = self.token.start
            sign = self.take("*", "/")
            if not sign and not self.starts_factor():
                return left
            factor = self.power()
            if last.opens >= 0:
                self.refuse_open_function(last, sign or "*", factor.end, at)
            if not sign:
                self.check_factor(top, last, factor)
            top, last = (left if sign == "/" else None), factor
            left = self.join(sign or "*", left, factor)

    def power(self) -> _Piece:
        """Read signs and operands with ^ between; then apply them from the right."""
        start, exponent = self.token.start, -1
        nodes: list[int] = []
        pending: list[str] = []
        while True:
            signs = self.signs()
            operand = self.operand(signs)
            nodes.append(operand.node)
            pending += signs
            at = self.token.start
            if not self.take("^"):
                break
            exponent = self.token.start
            self.check_transposed(operand)
            if operand.opens >= 0:
                self.power()
                self.refuse_open_function(operand, "^", self.end, at)
            pending.append("^")
        for sign in reversed(pending):
            last = nodes.pop()
            nodes.append(
                self.add("power", nodes.pop(), last) if sign == "^" else self.add("negate", last)
            )
        return operand._replace(node=nodes[0], start=start, exponent=exponent)

    def signs(self) -> list[str]:
        """Read a run of signs; a plus changes nothing."""
        signs = []
        while sign := self.take("+", "-"):
            signs.append(sign)
        return [sign for sign in signs if sign == "-"]

    def operand(self, signs: list[str]) -> _Piece:
        """Read one operand; a number makes the minus before it its own, unless it is raised."""
        token = self.advance()
        if token.kind == "number":
            number = float(token.text)
            if signs and self.token.text != "^" and self.token.kind != "exponent":
                signs.pop()
                number = -number
            return self.raised(self.constant(number), token)
        if token.kind == "constant":
            return self.raised(self.constant(CONSTANTS[token.text]), token)
        if token.kind == "variable":
            if self.token.text == "=":
                refuse_start(token)
            of_line = token.text in self.lines.all
            node = self.lines.node(token) if of_line else self.builder.leaf(token.text)
            return self.raised(node, token)
        if token.kind == "function":
            return self.function(token)
        if token.text == "(":
            return self.raised(self.bracket(token, ")").node, token)
        if token.text == "|":
            return self.bars(token)
        raise self.missing_operand(token)

    def raised(self, node: int, first: Token) -> _Piece:
        """Read the ² of x², and return what started at this token."""
        if self.token.kind == "exponent":
            node = self.add("power", node, self.constant(float(self.advance().text)))
        return _Piece(node, first.start, self.end)

    def function(self, token: Token) -> _Piece:
        """Read what a function is applied to: arguments in parentheses, or one operand."""
        if self.token.text != "(":
            return self.open_function(token, takes_two=token.text in REPEATED)
        bracket = self.advance()
        nodes, count = [self.bracket(bracket, ",)").node], 1
        while self.tokens[self.place - 1].text == ",":
            nodes.append(self.bracket(bracket, ",)").node)
            count += 1
            if token.text in REPEATED:
                nodes = [self.add(token.text, *nodes)]
        self.check_count(token, count)
        if token.text == "square":
            nodes = [self.add("power", nodes[0], self.constant(2.0))]
        elif token.text not in REPEATED:
            nodes = [self.add(token.text, *nodes)]
        return self.raised(nodes[0], token)

    def check_count(self, token: Token, count: int) -> None:
        """Refuse a function of too few or too many arguments."""
        wanted = len(OPS[token.text].inputs) if token.text in OPS else 1
        if count == wanted or (token.text in REPEATED and count > wanted):
            return
        takes, example = ARGUMENTS[wanted]
        takes = "at least two arguments" if token.text in REPEATED else takes
        name = self.quote(token.start, token.end)
        what = f"“{name}” takes {takes}, not {count}."
        raise ExpressionError(what, hint=f"Write {name}({example}).", at=token.start)

    def open_function(self, token: Token, *, takes_two: bool) -> _Piece:
        """Read `sin x`: whatever follows must not look like a part of it."""
        if takes_two or self.token.kind in ("end", "exponent") or self.token.text in "^*/),;=":
            name, example = self.quote(token.start, token.end), "(x, y)" if takes_two else "(x)"
            power = "^2" if self.token.kind == "exponent" or self.token.text == "^" else ""
            what, hint = f"“{name}” needs parentheses.", f"Write {name}{example}{power}."
            raise ExpressionError(what, hint=hint, at=token.start)
        self.enter(token)
        inside = self.token.start
        signs = self.signs()
        operand = self.operand(signs)
        raised = self.tokens[self.place - 1]
        if raised.kind == "exponent":
            before = operand._replace(start=token.start, end=raised.start, inside=inside)
            self.refuse_open_function(before, "", raised.end, raised.start)
        node = operand.node
        for _ in signs:
            node = self.add("negate", node)
        self.open.pop()
        node = self.add(token.text, node)
        return _Piece(node, token.start, self.end, token.start, inside)

    def bars(self, token: Token) -> _Piece:
        inside = self.bracket(token, "|")
        rest = self.tokens[self.place :]
        closed = rest[0].kind in ("sign", "exponent") and rest[0].text != "("
        if not closed and any(later.text == "|" for later in rest):
            what = f"The “|” before “{self.quote(rest[0].start, rest[0].end)}” could open or close."
            raise ExpressionError(what, hint="Write abs(…), or * after it.", at=self.end - 1)
        return self.raised(self.add("abs", inside.node), token)

    def bracket(self, opening: Token, closing: str) -> _Piece:
        """Read up to one of the closing signs, and that."""
        self.enter(opening)
        inside = self.choice()
        self.open.pop()
        if self.token.kind == "end":
            hint = f"Type “{closing[-1]}” where it should end."
            raise ExpressionError(f"“{opening.text}” stays open.", hint=hint, at=opening.start)
        if self.token.text not in closing:
            self.refuse_sign()
        self.advance()
        return inside

    def starts_factor(self) -> bool:
        """Whether the next token starts a factor, with no sign before it."""
        token = self.token
        if token.kind == "number":
            self.refuse_number(token)
        if token.text == "|":
            return self.open[-1:] != ["|"]
        return token.kind in ("variable", "constant", "function") or token.text == "("

    def join(self, sign: str, left: _Piece, right: _Piece) -> _Piece:
        return _Piece(self.add(OPERATIONS[sign], left.node, right.node), left.start, right.end)

    def add(self, operation: str, *inputs: int) -> int:
        self.size += 1
        return self.builder.node(operation, inputs)

    def constant(self, number: float) -> int:
        self.size += 1
        if self.known is None:
            return self.builder.constant(number)
        if repr(number) not in self.known:
            self.known[repr(number)] = self.builder.constant(number)
        return self.known[repr(number)]

    def take(self, *signs: str) -> str:
        """Go past the next token if it is one of these signs, and return it."""
        return self.advance().text if self.token.text in signs else ""

    def advance(self) -> Token:
        token = self.token
        self.place += token.kind != "end"
        return token

    def enter(self, token: Token) -> None:
        if len(self.open) == NESTING:
            what = f"More than {NESTING} parentheses and functions stand inside each other here."
            raise LimitError(what, hint=f"At most {NESTING} levels are possible.", at=token.start)
        self.open.append(token.text)

    def quote(self, start: int, end: int) -> str:
        return self.text[start:end].strip()

    def check_factor(self, top: _Piece | None, left: _Piece, right: _Piece) -> None:
        """Refuse a product without a sign that could mean another thing: 1/2x, 2^3x, sine x."""
        a, b = self.quote(left.start, left.end), self.quote(right.start, right.end)
        if top:
            start, t = top.start, self.quote(top.start, top.end)
            readings = f"({t}/{a})*{b}", f"{t}/({a}*{b})"
        elif left.exponent >= 0 and left.end == right.start and not a.endswith((")", "|")):
            start, base = left.start, self.quote(left.start, left.exponent)
            exponent = self.quote(left.exponent, left.end)
            readings = f"{a}*{b}", f"{base}({exponent}*{b})"
        elif keyword.iskeyword(a) or keyword.iskeyword(b):
            what = f"“{a} {b}” is not read as Python."
            hint = "Write where(x > 0, x, y) to choose, and a sign beside such a name."
            raise ExpressionError(what, hint=hint, at=right.start)
        elif a.isidentifier() and (near := nearest_function(a)):
            start, readings = left.start, (f"{a}*{b}", f"{near}({b})")
        else:
            return
        self.refuse_two_readings(start, right.end, readings, at=right.start)

    def check_transposed(self, base: _Piece) -> None:
        """Refuse x^T, unless T stands elsewhere, so that it is a number's name."""
        letters = [i for i, token in enumerate(self.tokens) if token.text == "T"]
        powers = [i for i in letters if i and self.tokens[i - 1].text == "^"]
        if self.token.text == "T" and letters == powers and not self.follows_number():
            what = f"“{self.quote(base.start, self.token.end)}” would be transposed."
            hint = f"{NUMBERS}; a number in the exponent may have any other name."
            raise ExpressionError(what, hint=hint, at=self.token.start)

    def follows_number(self) -> bool:
        """Whether a number, or e or π, stands before the ^ that was just read."""
        return self.tokens[self.place - 2].kind in ("number", "constant")

    def refuse_open_function(self, left: _Piece, sign: str, end: int, at: int) -> NoReturn:
        """Refuse `sin 2x`, `sin x * y` and `sin x^2`: where the operand ends is not said."""
        name = self.quote(left.start, left.inside)
        operand = self.quote(left.inside, left.end)
        more = sign + self.quote(at, end).lstrip("*/·×÷⋅∗^ ")
        readings = f"{name}({operand}){more}", f"{name}({operand}{more})"
        self.refuse_two_readings(left.start, end, readings, at)

    def refuse_two_readings(
        self, start: int, end: int, readings: tuple[str, str], at: int
    ) -> NoReturn:
        what = f"“{self.quote(start, end)}” can be read in two ways."
        raise ExpressionError(what, hint=f"Write {readings[0]} or {readings[1]}.", at=at)

    def refuse_sign(self) -> NoReturn:
        token = self.token
        written = self.quote(token.start, token.end)
        hint = "It closes nothing that was opened."
        if token.text == ",":
            hint = "Write decimal numbers with a point, as in 0.5."
        elif token.text == "=":
            hint = EXAMPLE
        elif token.kind == "exponent":
            hint = "Use ^ and parentheses to say what is raised."
        raise ExpressionError(f"“{written}” has no meaning here.", hint=hint, at=token.start)

    def missing_operand(self, token: Token) -> ExpressionError:
        what = "The formula ends where something should follow."
        if token.kind != "end":
            what = f"Something is missing before “{self.quote(token.start, token.end)}”."
        hint = "A number, a variable, or a formula in parentheses belongs here."
        return ExpressionError(what, hint=hint, at=token.start)

    def refuse_number(self, token: Token) -> NoReturn:
        before = self.tokens[self.place - 1]
        what = f"“{token.text}” follows “{self.quote(before.start, before.end)}” without a sign."
        hint = f"Write *{token.text} for a product, or ^{token.text} for a power."
        if before.kind == "number":
            hint = "Write one number, or a sign between the two."
        raise ExpressionError(what, hint=hint, at=token.start)


def _depth(graph: Graph) -> int:
    """Return how many operations stand inside each other; a chain of sums or products is one."""
    depths: list[int] = []
    for node in graph.nodes:
        inner = [
            depths[i] + (CHAINS.get(node.operation) != CHAINS.get(graph.nodes[i].operation, ""))
            for i in node.inputs
        ]
        depths.append(max(inner, default=0))
    return depths[-1]
