"""Which pass each side is in at a step, and how many of its lines are done; the strip of passes.

A pass begins with its seed: one entry is 1. Line by line, each line is a step more. Together both
sides run a pass at once, and the side with fewer passes waits when it is done; one after the other,
all passes forward come first.
"""

from dataclasses import dataclass

from backprop.lessons.why_backwards.choices import Choices
from backprop.notation.names import label_of
from backprop.stage.links import Links
from backprop.stage.walk.strip import Phase, Strip, Tick

MOST_TICKS = 24  # of both sides together, that stand by name; more are gathered
GATHERED = 8  # ticks of a side with more


@dataclass(frozen=True, slots=True)
class Place:
    """Where a side stands.

    Attributes:
        number: of its pass, from 0; −1 before the first.
        lines: how many lines of it are done, the seed not counted.
        is_done: whether all of them are.
    """

    number: int
    lines: int
    is_done: bool

    @property
    def passes(self) -> int:
        """How many passes are done."""
        return max(self.number, 0) + self.is_done


@dataclass(frozen=True, slots=True)
class Schedule:
    """The steps of both sides.

    Attributes:
        forward, reverse: how many passes each side has.
        lines: of a pass.
        together: whether both sides run at once.
        by_line: whether each line is a step.
    """

    forward: int
    reverse: int
    lines: int
    together: bool
    by_line: bool

    @property
    def each(self) -> int:
        """How many steps a pass has."""
        return self.lines + 1 if self.by_line else 1

    @property
    def count(self) -> int:
        """How many steps there are."""
        both = self.forward, self.reverse
        return self.each * (max(both) if self.together else sum(both))

    def at(self, step: int) -> tuple[Place, Place]:
        """Return where the forward and the reverse side stand at a step."""
        number, done = divmod(min(step, self.count - 1), self.each)
        if not self.by_line:
            done = self.lines
        behind = 0 if self.together else self.forward
        return self._place(number, done, self.forward), self._place(
            number - behind, done, self.reverse
        )

    def _place(self, number: int, done: int, passes: int) -> Place:
        if number < 0:
            return Place(-1, 0, False)
        if number >= passes:
            return Place(passes - 1, self.lines, True)
        return Place(number, done, done == self.lines)

    def first(self, side: str, number: int) -> int:
        """Return the step that begins a pass of a side."""
        behind = self.forward if side == "reverse" and not self.together else 0
        return (behind + number) * self.each

    def last(self, side: str, number: int) -> int:
        """Return the step that ends a pass of a side."""
        return self.first(side, number) + self.each - 1


def moved(old: Schedule, new: Schedule, step: int) -> int:
    """Return the step of another schedule at which the same pass has just ended."""
    forward, reverse = old.at(step)
    if new.together:
        return new.last("forward", max(forward.number, reverse.number))
    if old.together and forward.number < old.forward - 1:
        return new.last("forward", forward.number)
    side, place = ("reverse", reverse) if reverse.number >= 0 else ("forward", forward)
    return new.last(side, place.number)


def make_strip(
    schedule: Schedule, at: int, names: tuple[tuple[str, ...], tuple[str, ...]], links: Links
) -> Strip:
    """Return the strip at a step.

    Args:
        schedule: of both sides.
        at: the step, from 0.
        names: of the seeds, x[0], x[1] …, of each side.
        links: of the state.
    """
    last = schedule.count - 1
    each, now = schedule.each, at // schedule.each
    forward, reverse = schedule.at(at)
    phases = (
        _phase("forward", "Forward, a column a pass", forward, names[0], schedule, links),
        _phase("backward", "Reverse, a row a pass", reverse, names[1], schedule, links),
    )
    ahead, before = (now + 1) * each, (at - 1) // each * each if at else 0
    return Strip(
        phases=phases,
        at=at + 1,
        count=schedule.count,
        first=links.address(step=0),
        back=links.address(step=at - 1) if at else "",
        forward=links.address(step=at + 1) if at < last else "",
        last=links.address(step=last),
        phase_back=links.address(step=before) if at else "",
        phase_forward=links.address(step=ahead) if ahead <= last else "",
    )


def _phase(
    name: str, title: str, place: Place, names: tuple[str, ...], schedule: Schedule, links: Links
) -> Phase:
    side = "reverse" if name == "backward" else "forward"
    many = schedule.forward + schedule.reverse > MOST_TICKS and len(names) > GATHERED
    size = -(-len(names) // GATHERED) if many else 1
    ticks = []
    for first in range(0, len(names), size):
        count = min(size, len(names) - first)
        state = (
            "ahead" if place.number < first else "done" if place.number >= first + count else "now"
        )
        letter, bracket, index = names[first].partition("[")
        begins = schedule.first(side, first)
        ticks.append(
            Tick(
                label_of(letter),
                f"{bracket}{index}{'…' if count > 1 else ''}",
                state,
                links.address(step=schedule.last(side, first)),
                count,
                begins + schedule.each,
            )
        )
    if not names:
        return Phase(name, title, "ahead", links.address(step=0), ())
    state = "done" if place.passes == len(names) else "ahead" if place.number < 0 else "now"
    return Phase(name, title, state, ticks[0].address, tuple(ticks))


def schedule_of(choices: Choices, forward: int, reverse: int, lines: int) -> Schedule:
    """Return the steps of both sides, as they are chosen."""
    return Schedule(forward, reverse, lines, together=choices.pace == "", by_line=choices.by_line)
