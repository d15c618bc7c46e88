"""Pieces of a page that are kept as text: a template says of what each is made.

    {% kept board.network, mode %}…{% endkept %}
    {% kept node, prefix if scene.again %}…{% endkept %}   where that is so; else it is only written

A piece is written once for the same objects: the very same one of a board (stage/kept.py keeps
those), the same text, number or word of yes and no. Nothing else may be named in it, but what every
template knows; tests/web/test_pieces.py looks through all of them. In its links a step may be held
open (stage/links.py), so that one text serves a whole walk.

They are bounded by the bytes they take in each process; the least recently used go first.
"""

from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from sys import getsizeof
from threading import Lock
from typing import Any

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

LIMIT = 16 * 2**20  # bytes of texts, in each process
OVERHEAD = 500  # bytes that a piece takes beside its text, roughly
PLAIN = (str, int, bool, type(None))  # kinds that are the same where they are equal


class Piece:
    """A piece of a page, and of what it is made; without text as long as it is being written."""

    __slots__ = ("made_of", "text")

    def __init__(self, made_of: tuple[Any, ...]) -> None:
        self.made_of = made_of  # held, so that no other object takes its place
        self.text: Markup | None = None

    @property
    def size(self) -> int:
        """How many bytes it takes, roughly: a letter is one to four."""
        return getsizeof(self.text) + OVERHEAD


class Pieces:
    """The pieces that are kept.

    Args:
        limit: how many bytes of them.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self.size = 0
        self._pieces: OrderedDict[Hashable, Piece] = OrderedDict()
        self._lock = Lock()

    def find(self, where: str, again: object, *made_of: Any) -> Piece:
        """Return the piece of a template that is made of these; without text where it is new.

        Args:
            where: it stands.
            again: whether the same objects may come again.
            made_of: those objects.
        """
        if not again:
            return Piece(())
        key = (where, *[(each,) if type(each) in PLAIN else id(each) for each in made_of])
        piece = self._pieces.get(key)
        if piece is None:
            return Piece((key, *made_of))
        with suppress(KeyError):  # it just went, in another thread
            self._pieces.move_to_end(key)
        return piece

    def keep(self, piece: Piece, text: str) -> None:
        """Give a piece its text, and keep it."""
        piece.text = Markup(text)
        if not piece.made_of:
            return
        key = piece.made_of[0]
        with self._lock:
            if key in self._pieces or piece.size > self.limit:
                return
            self._pieces[key] = piece
            self.size += piece.size
            while self.size > self.limit:
                self.size -= self._pieces.popitem(last=False)[1].size


class KeptPieces(Extension):
    """Reads `{% kept … %}` in templates."""

    tags = {"kept"}  # noqa: RUF012 (Jinja’s)

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        pieces = environment.pieces = Pieces()
        environment.find_piece, environment.keep_piece = pieces.find, pieces.keep

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Return the piece where there is one; else what stands between, which is then kept."""
        line = next(parser.stream).lineno
        made_of = parser.parse_tuple(with_condexpr=False)
        says = parser.stream.skip_if("name:if")
        again = parser.parse_expression() if says else nodes.Const(1)
        parts = made_of.items if isinstance(made_of, nodes.Tuple) else [made_of]
        inside = parser.parse_statements(("name:endkept",), drop_needle=True)
        piece, text = parser.free_identifier(line), parser.free_identifier(line)

        def call(method: str, *arguments: nodes.Expr) -> nodes.Call:
            function = nodes.EnvironmentAttribute(method)
            return nodes.Call(function, [*arguments], [], None, None)

        there = nodes.Const(f"{parser.name}:{line}")
        known = nodes.Getattr(piece, "text", "load")
        write = [
            nodes.AssignBlock(text, None, inside),
            nodes.ExprStmt(call("keep_piece", piece, text)),
        ]
        made: list[nodes.Node] = [
            nodes.Assign(piece, call("find_piece", there, again, *parts)),
            nodes.If(nodes.Not(known), write, [], []),
            nodes.Output([known]),
        ]
        return [node.set_lineno(line) for node in made]
