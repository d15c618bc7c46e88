"""Somebody who trains a network: opens states, sends forms, and has a store of their own."""

from collections import Counter
from urllib.parse import parse_qsl, urlsplit

import pytest

from backprop.lessons.training.lesson import LESSON
from backprop.lessons.training.state import training_state
from backprop.sharing.errors import MissingSnapshot
from backprop.sharing.snapshot import address_of, from_bytes
from backprop.stage.choices import read_choices
from backprop.stage.lesson import FormRequest
from backprop.stage.links import LessonLink, Links, Origin


class Learner:
    """Goes from state to state as the web does, with a dictionary for a store.

    Attributes:
        bodies: what stands in the store, by address.
        brought: what of it they brought.
        origin: the state that the page shows.
        last: what the last form led to.
    """

    def __init__(self, **pairs):
        self.bodies, self.claims, self.brought = {}, Counter(), set()
        named = LESSON.preset(pairs.pop("preset", "circles"))
        self.origin = Origin({"preset": named.name}, read_choices(named.choices, pairs))
        self.last = None

    def read(self, address):
        """Return the value at an address, as the store does."""
        if address not in self.bodies:
            raise MissingSnapshot(f"Nothing stands at “{address}”.", at="from")
        return from_bytes(self.bodies[address])

    def owns(self, address):
        """Return whether this learner brought what stands at an address."""
        return address in self.brought

    def open(self, **pairs):
        """Return the choices of a state beside this one, and the links around it."""
        choices = read_choices(self.origin.choices, pairs)
        return choices, Links(LESSON.path, self.origin, choices, self.read, owns=self.owns)

    def state(self, **pairs):
        return training_state(*self.open(**pairs))

    def board(self, **pairs):
        return LESSON.compose(*self.open(**pairs))

    def follow(self, address):
        """Return the board that a link of this page leads to."""
        pairs = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        if pairs.pop("from", None) != self.address:
            assert "preset" in pairs, "A link keeps the origin."
        pairs.pop("preset", None)
        return self.board(**pairs)

    def do(self, what, files=None, **pairs):
        """Send a form, and show the state that it leads to."""
        choices, links = self.open(**pairs)
        form = FormRequest({**self.origin.pairs, **pairs, "do": what}, links, files or {})
        after = self.last = LESSON.act(choices, form)
        if not isinstance(after.choices, LessonLink):
            body = LESSON.body(after.choices)
            self.brought |= {address_of(each) for each in after.brought}
            self._store((*after.bodies, *after.brought, body), after.released, after.deleted)
            stored = from_bytes(body)["pairs"]
            again = read_choices(LESSON.defaults, stored, stored=True)
            self.origin = Origin({"from": address_of(body)}, again)
        return self

    def _store(self, bodies, released, deleted):
        found = {address_of(body): body for body in bodies}
        self.bodies |= found
        self.claims.update(found.keys())
        self.claims.subtract(released)
        gone = [address for address in released if self.claims[address] < 1]
        for address in {*gone, *deleted}:
            del self.bodies[address], self.claims[address]

    def pass_through(self, what="play", **pairs):
        """Send a form as a page does that plays, and was seen by nobody since its last one."""
        return self.do(what, passing="1", **pairs)

    def train(self, epochs, **pairs):
        """Go on by so many epochs, in as many requests as that takes."""
        self.do("epochs", epochs=str(epochs), **pairs)
        while self.choices.run.goal:
            self.do("continue")
        return self

    @property
    def choices(self):
        return self.origin.choices

    @property
    def address(self):
        return self.origin.pairs.get("from", "")

    @property
    def history(self):
        return self.choices.run.history

    @property
    def run(self):
        return self.choices.run.history.run


@pytest.fixture
def learner():
    """Opens training at a preset with some fields changed: small and quick, unless said."""

    def learner(**pairs):
        return Learner(**({"hidden": "3", "size": "20"} | pairs))

    return learner
