"""A race on paper: one gradient, and the first move that each optimizer makes of it."""

from backprop.drawing.printed import Arrow, Ground, Plot, Series, Spot, draw_plot
from backprop.lessons.optimizers.choices import Choices
from backprop.lessons.optimizers.race import Race, Racer, run_race
from backprop.lessons.optimizers.step import RaceStep, make_step
from backprop.notation.formula import Lines, Operator, Row, partial
from backprop.notation.full_formula import whole_formula
from backprop.notation.names import label_of
from backprop.notation.numerals import brief
from backprop.stage.links import Links
from backprop.stage.paper import Blank, Cell, Part, Sheet, Table, Task
from backprop.stage.plane import find_middle, levels, make_ground
from backprop.stage.walk.explanation import Words, number

PATTERNS = "abcdef"
FIRST = 1  # the step that is worked out


def make_sheet(choices: Choices, _: Links, title: str) -> Sheet:
    """Return the race as it is handed out.

    Raises:
        InputError: the surface cannot be read, or no optimizer races.
    """
    race = run_race(choices)
    surface = race.surface
    names = tuple(map(label_of, surface.names))
    function = Row((surface.letter, Operator("="), whole_formula(surface.graph, label_of)))
    small = len(surface.graph) <= 30  # else the function is that of a network
    return Sheet(
        title=title,
        question=("One gradient, many optimizers: what move does each make of it?",),
        setting=(function if small else ("The loss of a small network over two of its weights.",),),
        given=tuple((n, number(x, "forward")) for n, x in zip(names, race.start, strict=True)),
        parts=(
            _gradient(race),
            _moves(race, choices),
        ),
        steps=_steps(race),
    )


def _steps(race: Race) -> tuple[Task, ...]:
    """Return every line of every rule with its numbers, for each coordinate."""
    tasks = list(_gradient(race).tasks)
    for racer in race.racers:
        step = _first_step(race, racer)
        for line in step.lines:
            for n, (numbers, result) in enumerate(line.plugged):
                where = (", ", step.coordinates[n].label) if len(line.plugged) > 1 else ()
                asks: Words = (f"{racer.number} {step.title}", *where)
                tasks.append(Task(asks, result, (line.letters,), working=(numbers,)))
    return tuple(tasks)


def _first_step(race: Race, racer: Racer) -> RaceStep:
    return make_step(racer.optimizer, racer.track, race.surface.names, FIRST, race.surface.letter)


def _gradient(race: Race) -> Part:
    """Return the lines for the gradient at the start."""
    track, letter = race.racers[0].track, race.surface.letter
    slopes = track.gradients[0].tolist()
    return Part(
        title=("The gradient at the start",),
        lede=("Backpropagation gives it, whoever uses it afterwards: it is the same for all.",),
        tasks=tuple(
            Task(partial(letter, label_of(name)), number(g, "backward"), hints=0)
            for name, g in zip(race.surface.names, slopes, strict=True)
        ),
    )


def _moves(race: Race, choices: Choices) -> Part:
    """Return the table of first moves: each racer's rule and settings are given."""
    names = tuple(map(label_of, race.surface.names))
    rows: tuple[tuple[Cell, ...], ...] = tuple(_row(race, racer) for racer in race.racers)
    heads: tuple[Words, ...] = (
        ("racer",),
        ("settings",),
        ("rule, θ for either coordinate",),
        *(("Δ", name) for name in names),
    )
    return Part(
        title=("The first move of each",),
        lede=(
            "Put the gradient g into each rule. Nothing is remembered yet. Then draw the moves on "
            "the map, from the start S.",
        ),
        table=Table(heads, rows, "What each optimizer makes of the same gradient"),
        plot=_map(race, choices),
    )


def _row(race: Race, racer: Racer) -> tuple[Cell, ...]:
    step = _first_step(race, racer)
    settings = ", ".join(
        f"{each.symbol} = {brief(getattr(racer.optimizer, each.name))}"
        for each in racer.optimizer.settings()
    )
    rules = tuple(line.letters for line in step.lines)
    return (
        (f"{racer.number}  {step.title}",),
        (settings,),
        Lines(rules) if len(rules) > 1 else rules[0],
        *(Blank((each.move,)) for each in step.coordinates),
    )


def _map(race: Race, choices: Choices) -> Plot:
    """Return the level lines with the start; the tracks are told apart by their patterns."""
    surface, reach = race.surface, choices.reach
    names = (surface.names[0], surface.names[1])
    cx, cy = find_middle(race.start, choices.around, reach)
    grid = make_ground(surface.graph, names, (cx, cy), reach)
    x, y = race.start
    ground = Ground(
        (cx - reach, cx + reach), (cy - reach, cy + reach), names, height=262.0, square=True,
        words=190.0,
    )  # fmt: skip
    letter = surface.letter.letter
    series, arrows = [], []
    for pattern, racer in zip(PATTERNS, race.racers, strict=False):
        xs, ys = racer.track.points.T.tolist()
        inside = [
            (a, b) for a, b in zip(xs, ys, strict=True)
            if abs(a - cx) <= reach and abs(b - cy) <= reach
        ]  # fmt: skip
        word = f"{racer.number} {racer.optimizer.title}"
        series.append(Series([a for a, _ in inside], [b for _, b in inside], word, pattern))
        if len(racer.track.points) > 1:
            (a, b), (c, d) = racer.track.points[:2].tolist()
            arrows.append(Arrow(a, b, c, d, str(racer.number)))
    return draw_plot(
        ground,
        f"A map of {letter} with the start S, {levels(grid, letter)}.",
        series=series,
        spots=[Spot(x, y, "S", "ring")],
        arrows=arrows,
        grid=grid,
    )
