"""What is sent with a question holds no answer: not its digits, nor those of a known slip.

Left out is what is at the same time a value of the forward pass, or a share of a class.
"""

import re
from dataclasses import replace

import numpy as np
import pytest

import backprop.lessons.arrays.passes as arrays
import backprop.lessons.chain_rule.asked as chain_rule
from backprop.engine import forward
from backprop.lessons.catalog import LESSONS
from backprop.lessons.network.lesson import LESSON as NETWORK
from backprop.lessons.why_backwards.both import both_of
from backprop.notation.numerals import as_answer, exact, long, short
from backprop.stage.choices import change, has_choice
from backprop.stage.classroom.asking import ask
from backprop.stage.walk.explanation import spoken

NUMERAL = re.compile(r"\d+(?:\.\d+)?(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
STATES = [
    pytest.param(lesson, preset.choices, id=f"{lesson.name}-{preset.name}")
    for lesson in LESSONS
    if lesson.asks and lesson.name != "find_the_bug"
    for preset in lesson.presets
]


W5 = change(NETWORK.defaults, step=14)


def texts(scene):
    """Everything in a picture that can be read, seen or heard; no coordinates."""
    if scene is None:
        return []
    rows = [(*row[5:7], *row[18:22], *(row[k] for k in range(22, len(row)))) for row in scene.nodes]
    rows += [(row[6], row[7]) for row in scene.rows]
    rows += [row[6:] for row in scene.tags]
    addresses = [row[4] for row in scene.nodes] + [row[3] for row in scene.hits]
    assert not any(addresses), "nothing leads anywhere"
    return [scene.title, scene.description, *(str(x) for row in rows for x in row)]


def numerals_sent(question):
    """The numbers in all that is sent before an answer."""
    words = [question.prompt, question.lede, *(choice.words for choice in question.options)]
    given = [str(part) for words, number in question.given for part in (spoken(words), number)]
    sent = [*map(spoken, words), *given, *texts(question.scene), *texts(question.part)]
    return {found for text in sent for found in NUMERAL.findall(text)}


def spellings(x):
    """How a number may be printed; none for one so short that it is there by chance."""
    every = {as_answer(abs(x)), short(abs(x)), long(abs(x)), exact(abs(x))}
    return {text for text in every if len(text.partition("·")[0].replace(".", "").strip("0")) > 2}


def known(choices, question):
    """The spellings of what may be seen: forward values, shares of classes, what arrived."""
    if has_choice(choices, "checkpoints"):
        return set()  # memory: no value of a pass is asked
    if has_choice(choices, "weight"):  # both modes: the values of the lines
        program = both_of(choices).program
        found = [np.ravel(x) for x in forward.values(program, program.at)]
        return {text for array in found for x in array for text in spellings(float(x))}
    if has_choice(choices, "program"):
        return known_of_arrays(arrays.passes_of(choices), choices.step)
    asked = question.subject
    trace = asked.passes.trace if asked else chain_rule.walk_through(choices).passes.trace
    values = [float(x) for x in trace.values]
    loss = trace.graph.output
    if trace.graph.nodes[loss].operation == "cross_entropy":
        slopes = [term for terms in trace.terms.values() for term in terms]
        values += [abs(float(term.local)) for term in slopes if term.edge.later == loss]
    return {text for x in values for text in spellings(x)}


def known_of_arrays(passes, at):
    """The same for a program: its values, and the gradient that arrived at the line of a use."""
    step = passes.steps[min(at, len(passes.steps) - 1)]
    shown = [line.name for line in passes.program.lines]
    found = [passes.value(name) for name in shown]
    if step.sender:
        found.append(passes.trace.gradients[passes.program.position(step.sender)])
    return {text for array in found for x in np.ravel(array) for text in spellings(float(x))}


@pytest.mark.parametrize(("lesson", "choices"), STATES)
def test_no_answer_is_sent_before_it_may_be_told(lesson, choices):
    steps = range(60, 0, -1) if has_choice(choices, "step") else (0,)
    asked = 0
    for step in steps:
        here = change(choices, step=step) if has_choice(choices, "step") else choices
        for each in lesson.asks.askings(here)[: 4 if asked else 1]:
            question = ask(lesson, here, each.name)
            numbers = [question.right, *(wrong.answer for wrong in question.wrong)]
            needles = {t for x in numbers if isinstance(x, float) for t in spellings(x)}
            told = set(NUMERAL.findall(spoken(question.explanation)))
            needles |= {t for t in told if len(t.replace(".", "").strip("0")) > 2}
            is_of_values = question.subject or question.kind == "number"
            if is_of_values or has_choice(choices, "program"):
                seen = known(here, question)  # of “larger” the pass is that of the one before
            assert not (needles - seen) & numerals_sent(question), each.name
            asked += 1
        if asked > 1:
            break


@pytest.mark.parametrize("step", range(9))
def test_neither_a_value_that_is_asked_nor_what_follows_from_it_is_sent(step):
    question = ask(NETWORK, change(NETWORK.defaults, step=step), "value")
    later = [ask(NETWORK, change(NETWORK.defaults, step=n), "value").right for n in range(step, 9)]
    sent = numerals_sent(question)
    assert not {text for x in later for text in spellings(x)} & sent
    assert "0.150" in sent or step > 1


def test_what_is_sent_is_looked_through():
    question = ask(NETWORK, W5, "gradient")
    assert {"0.593", "0.751", "0.010", "0.298"} <= numerals_sent(question)
    told = replace(question, lede=question.explanation)
    assert spellings(question.right) & numerals_sent(told) == {"0.0822"}
