"""One round of a network, slowly: forward, loss, backward, update, every number live.

Forward pass, loss and backward pass make the gradient; the backward pass is backpropagation. The
update belongs to an optimizer, which can be exchanged while the gradient stays.
"""

from dataclasses import dataclass, replace
from typing import Any

from backprop.drawing.scene import network_scene
from backprop.engine.errors import PointError
from backprop.lessons.network.around import (
    Around,
    conventions,
    make_around,
    make_film,
    make_walk_sections,
    page_title,
)
from backprop.lessons.network.asked import ASKS
from backprop.lessons.network.choices import (
    DEFAULTS,
    NAME,
    PRESETS,
    RESET_RUN,
    Choices,
)
from backprop.lessons.network.ending import QUESTIONS, make_ending
from backprop.lessons.network.example import Example
from backprop.lessons.network.machines import Machines, is_complete, make_machines
from backprop.lessons.network.paper import make_sheet
from backprop.lessons.network.parameters import (
    GradientTable,
    Parameters,
    make_parameters,
    make_table,
)
from backprop.lessons.network.run import Run, begin_anew, next_round
from backprop.lessons.network.setup import NetworkSetup
from backprop.lessons.network.training_step import TrainingStep, compute
from backprop.lessons.network.update import Update, explain_update, make_update
from backprop.notation.numerals import exact, short, signed
from backprop.stage.controls import Option
from backprop.stage.derivation import Derived, explained, with_numbers
from backprop.stage.head import Head
from backprop.stage.lesson import Lesson
from backprop.stage.links import Links
from backprop.stage.networks import NetworkChoices, drawable
from backprop.stage.paper import Sheet
from backprop.stage.quiz.answers import SILENT
from backprop.stage.quiz.panel import Quiz, make_quiz
from backprop.stage.quiz.score import make_score
from backprop.stage.quiz.step_question import StepQuestion, find_step_question
from backprop.stage.slip_words import in_page_letters
from backprop.stage.walk.backward_step import explain_gradient, explain_whole
from backprop.stage.walk.board import Walk, make_view
from backprop.stage.walk.explanation import Explanation, Labels
from backprop.stage.walk.forward_step import explain_value
from backprop.stage.walk.ledger import find_opening, make_ledger
from backprop.stage.walk.steps import WalkStep, network_steps, same_step

DETAILS = {"neurons": "Neurons", "operations": "Operations"}
LAST_SEED = 99_999
DRAWN = ("xavier", "he")  # the initial weights that a seed decides


@dataclass(frozen=True)
class Board:
    """Everything shown of one round at one step; no markup."""

    head: Head
    walk: Walk
    quiz: Quiz
    details: tuple[Option, ...]  # the magnifications
    example: Example
    network: NetworkSetup
    parameters: Parameters
    table: GradientTable
    update: Update
    machines: Machines
    run: Run

    def address(self, **changes: Any) -> str:
        """Return the address of this state with some fields changed."""
        return self.head.links.address(**changes)


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a round at a step.

    Raises:
        InputError: the choices do not fit together; the text says which.
    """
    training_step, network = compute(choices), choices.network
    steps = network_steps(training_step.graph)
    if choices.step >= len(steps):
        raise PointError(
            f"There is no step {choices.step + 1}.",
            hint=f"This round has {len(steps)} steps.",
            at="step",
        )
    around = make_around(choices, links)
    label = around.label
    apart = (network.seed, network.scheme, network.data, network.row, choices.run.round)
    question = find_step_question(training_step, choices.quiz, steps, choices.step, *apart)
    step = question.step
    score = make_score(question, links, lambda first: _fresh_weights(network, links, first))
    if score:
        slip, about = (in_page_letters(text, label) for text in (score.slip, score.about))
        score = replace(score, slip=slip, about=about)
    return Board(
        head=_head(around, training_step, step, links),
        walk=_walk(training_step, question, links, around),
        quiz=make_quiz(question, links, label, choices.focus, score),
        details=_details(training_step, step, links),
        example=around.example,
        network=around.network,
        parameters=make_parameters(training_step, around.fields, label, question),
        table=make_table(training_step, step, links, label),
        update=make_update(around.update, training_step, step, label),
        machines=make_machines(around.machines, training_step, question, links, label),
        run=around.run,
    )


def _head(around: Around, training_step: TrainingStep, step: WalkStep, links: Links) -> Head:
    """Return the head of the page; where the gradient is complete, its table is open."""
    sections = around.head.sections
    if is_complete(step):
        table = make_walk_sections(training_step, step.kind)["table"]
        sections = {**sections, "table": table}
    return replace(around.head, links=links, sections=sections)


def _walk(
    training_step: TrainingStep, question: StepQuestion, links: Links, around: Around
) -> Walk:
    choices, steps, label = training_step.choices, question.steps, around.label
    left = question.leave(links)
    view = make_view(training_step, steps, question.at, choices.focus, choices.network.frozen)
    closed = choices.focus in question.unknown
    return Walk(
        strip=make_film(left.choices, left).at(question.at),
        scene=network_scene(
            training_step.network,
            choices.detail,
            training_step.trace,
            question.cover_view(view),
            label,
            short,
            signed,
            exact,
            lambda name: question.open_address(links, name),
            large=choices.mode == "projector",
            drawn=None if question.scratch else around.drawn,
        ),
        explanation=question.cover_explanation(explain_step(training_step, question.step, label)),
        ledger=None if closed else make_ledger(training_step, choices.focus, links, label),
        opening=None if closed else find_opening(training_step, choices.focus, links, steps),
    )


def explain_step(training_step: TrainingStep, step: WalkStep, label: Labels) -> Explanation:
    """Return the explanation of a step of the walk."""
    if step.kind == "value":
        return explain_value(training_step, step, label)
    if step.kind == "slope":
        return explain_gradient(training_step, step, label)
    if step.kind == "update":
        return explain_update(training_step, label)
    lede = "This is the gradient: one slope for each parameter. It is not yet a change."
    return explain_whole(training_step, label, lede, "a kink, as relu has at 0,")


def _details(training_step: TrainingStep, step: WalkStep, links: Links) -> tuple[Option, ...]:
    """Return the two magnifications; changing keeps the quantity, or the neuron it belongs to."""
    choices, node = training_step.choices, None
    if step.node >= 0:
        node = training_step.graph.nodes[step.node]
    options = []
    for detail, title in DETAILS.items():
        if drawable(choices.network.sizes, detail):
            there = same_step(step, node, training_step.network.graph(detail))
            address = links.address(detail=detail, step=there)
            options.append(Option(title, detail, detail == choices.detail, address))
        else:
            about = "This network has too many of them"
            options.append(Option(title, detail, on=False, about=about))
    return tuple(options)


def _fresh_weights(network: NetworkChoices, links: Links, step: int) -> str:
    """Return the address of the same network with the weights of the next seed."""
    scheme = network.scheme if network.scheme in DRAWN else DRAWN[0]
    seed = network.seed % LAST_SEED + 1
    fresh = {**RESET_RUN, **SILENT, "seed": seed, "scheme": scheme, "step": step}
    return links.address("parameters", **fresh)


def hand_out(choices: Choices, links: Links) -> Sheet:
    """Return the round on paper."""
    return make_sheet(choices, links, page_title(choices), conventions(choices.network))


def _derived(board: Board) -> tuple[Derived, ...]:
    """Return what the step derives: a value, a gradient, or how a parameter moves."""
    rule = board.update.rule
    if rule is None:
        return (explained(board.walk.explanation),)
    headline = ("The rule of the optimizer, for ", rule.label)
    return (Derived(headline, tuple(with_numbers(*line) for line in rule.lines)),)


LESSON = Lesson(
    name=NAME,
    title="One round of a network",
    about="Step through forward pass, loss, backward pass and update of a small network on real "
    "data. Change any number at any moment.",
    defaults=DEFAULTS,
    presets=PRESETS,
    compose=compose,
    picture=lambda board: board.walk.scene,
    derived=_derived,
    steps=lambda board: board.walk.strip.steps,
    actions={"next": next_round},
    styles=("quiz", "network"),
    scripts=("quiz", "drag"),
    snapshot_dependencies=lambda choices: (choices.return_to,) if choices.return_to else (),
    start=begin_anew,
    route="One round of a network",
    able="work out the gradient of any weight of a small network on paper",
    minutes=20,
    ending=make_ending,
    questions=QUESTIONS,
    asks=ASKS,
    paper=hand_out,
)
