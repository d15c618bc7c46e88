"""The questions that are asked back, of every lesson: with 6 seeds of each kind, and with 200.

A question can be answered, no wrong answer is right, no two answers to choose from read the same,
and what a page is sent before an answer does not hold it.
"""

import re
from collections import Counter
from random import Random

import pytest

from backprop.lessons.catalog import LESSONS
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import exact, field, long, short
from backprop.stage.links import Links, Origin
from backprop.stage.plane import Chart
from backprop.stage.quiz.asked_back import LAST_SEED, AskingChoices, make_asked_back
from backprop.stage.quiz.question import judge, same_to_three_digits
from backprop.stage.walk.explanation import spoken
from backprop.web.reply import plain
from tests.kit.printed_arithmetic import check

SEEDS = [*range(100), *Random(0).sample(range(100, LAST_SEED + 1), 100)]
FEW = [*SEEDS[:4], *SEEDS[-2:]]
EVERY = pytest.mark.parametrize(
    "seeds", [FEW, pytest.param(SEEDS, marks=pytest.mark.long)], ids=len
)
SHOWN = {Number: lambda number: number.shown, Label: lambda label: label.text}
KINDS = [
    pytest.param(lesson.name, kind, make, id=f"{lesson.name}.{kind}")
    for lesson in LESSONS
    for kind, make in lesson.questions.items()
]
MAKERS = [pytest.param(param.values[2], id=param.id) for param in KINDS]


def spelled(answer):
    """Return an answer as an address spells it."""
    if isinstance(answer, frozenset):
        return ",".join(sorted(answer))
    return answer if isinstance(answer, str) else repr(float(answer))


def shown(choice):
    return spoken(choice.words), choice.number and choice.number.shown


@EVERY
@pytest.mark.parametrize("make", MAKERS)
def test_a_question_is_answered_by_its_right_answer_alone(make, seeds):
    for seed in seeds:
        question = make(seed)
        assert spoken(question.prompt).endswith("?")
        assert question.explanation
        assert judge(question, spelled(question.right)).right, seed
        for wrong in question.wrong:
            assert wrong.title
            assert wrong.about
            if question.kind == "number":
                assert not same_to_three_digits(wrong.answer, question.right), (seed, wrong.title)
            else:
                assert wrong.answer != question.right
        assert len({shown(each) for each in question.options}) == len(question.options), seed
        assert len({each.name for each in question.options}) == len(question.options)
        assert all(re.fullmatch("[a-z0-9-]+", each.name) for each in question.options)
        if question.kind not in ("number", "several", "shape"):
            explained = {wrong.answer for wrong in question.wrong}
            assert {each.name for each in question.options} == explained | {question.right}, seed


@EVERY
@pytest.mark.parametrize("make", MAKERS)
def test_a_wrong_answer_is_given_the_name_of_its_slip(make, seeds):
    for seed in seeds[::4]:
        question = make(seed)
        for wrong in question.wrong:
            answer = wrong.answer
            if question.kind == "several" and isinstance(answer, str):
                alone = {each.name for each in question.options} - question.right
                answer = question.right ^ {answer} or frozenset(
                    {min(alone)}
                )  # nothing chosen is refused
            judgement = judge(question, spelled(answer))
            assert not judgement.right, (seed, wrong.title)
            assert wrong.title in [slip.title for slip in judgement.slips], (seed, wrong.title)


@EVERY
@pytest.mark.parametrize(("lesson", "kind", "make"), KINDS)
def test_a_page_holds_no_answer_before_one_is_given(lesson, kind, make, seeds):
    start = AskingChoices()
    for seed in seeds[::4]:
        question = make(seed)
        choices = AskingChoices(fresh=seed)
        links = Links("/end", Origin({}, start), choices)
        asked = make_asked_back(lesson, kind, make, choices, links)
        assert asked.reply is None
        assert not any(option.on or option.mark for option in asked.options)
        text = repr(plain(asked))
        assert spoken(question.explanation) not in text
        for wrong in question.wrong:
            assert wrong.title not in text or question.options, wrong.title
        if question.kind == "number":
            given = repr(plain((question.given, question.scene, question.prompt)))
            for write in (exact, field, long, short):
                written = write(question.right)
                assert not re.search(rf"(?<![\d.]){re.escape(written)}(?!\d)", text) or (
                    written in given
                ), (seed, written)


def as_shown(words):
    """Return words as they stand on a page."""
    return "".join(part if isinstance(part, str) else SHOWN[type(part)](part) for part in words)


def broken(*sentences):
    """Return the equations of some sentences that do not hold as printed."""
    results = (result for words in sentences for result in check(as_shown(words)))
    return [result for result in results if result.kind == "broken"]


@EVERY
@pytest.mark.parametrize("make", MAKERS)
def test_what_is_said_of_a_wrong_answer_does_not_hold_the_right_one(make, seeds):
    for seed in seeds:
        question = make(seed)
        if question.kind == "number":
            written = {write(question.right) for write in (exact, field, long, short)}
        else:
            right = [c for c in question.choices if c.name == question.right]
            written = {as_shown(c.words) for c in right if question.kind == "choice"}
        for wrong in question.wrong:
            about = as_shown(wrong.about)
            for text in written:
                assert not re.search(rf"(?<![\d.−-]){re.escape(text)}(?![\d.]*\d)", about), (
                    seed,
                    wrong.title,
                    about,
                )


@EVERY
@pytest.mark.parametrize("make", MAKERS)
def test_what_is_said_of_an_answer_adds_up_as_printed(make, seeds):
    for seed in seeds:
        question = make(seed)
        assert not broken(question.explanation, *(wrong.about for wrong in question.wrong)), seed


@EVERY
@pytest.mark.parametrize("make", MAKERS)
def test_no_number_in_words_has_the_exponent_of_a_program(make, seeds):
    for seed in seeds:
        question = make(seed)
        sentences = (
            *(question.prompt, question.explanation),
            *(each.words for each in question.options),
            *(wrong.about for wrong in question.wrong),
            *(name for name, _ in question.given),
        )
        text = "\n".join(map(as_shown, sentences))
        assert not re.search(r"\de[-+]?\d", text), (seed, text)


CHOSEN = [param for param in KINDS if param.values[2](1).kind == "choice"]
SEVERAL = [param for param in KINDS if param.values[2](1).kind == "several"]


@pytest.mark.long
@pytest.mark.parametrize(("lesson", "kind", "make"), CHOSEN)
def test_neither_name_nor_place_tells_the_right_one_of_several_choices(lesson, kind, make):
    names, places, known = Counter(), Counter(), set()
    start = AskingChoices()
    for seed in SEEDS:
        question, choices = make(seed), AskingChoices(fresh=seed)
        links = Links("/end", Origin({}, start), choices)
        asked = make_asked_back(lesson, kind, make, choices, links)
        order = [option.name for option in asked.options]
        names[question.right] += 1
        places[order.index(question.right)] += 1
        known |= set(order)
    assert set(names) == known
    assert set(places) == set(range(len(known)))
    assert max(*names.values(), *places.values()) <= len(SEEDS) / 2


@pytest.mark.parametrize(("lesson", "kind", "make"), SEVERAL)
def test_what_is_right_of_several_differs_from_seed_to_seed(lesson, kind, make):
    rights = Counter(make(seed).right for seed in SEEDS[:30])
    assert len(rights) > 3, (lesson, kind)
    assert max(rights.values()) <= 15


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_an_end_says_three_sentences_that_add_up_and_shows_what_it_means(lesson):
    ending = lesson.ending()
    assert not broken(*ending.sentences, ending.caption)
    assert all(as_shown(words).endswith(".") for words in ending.sentences)
    picture = ending.picture
    assert picture.alt and picture.rows if isinstance(picture, Chart) else picture.description


def test_questions_have_other_numbers_with_another_seed():
    for make in (param.values[0] for param in MAKERS):
        assert len({repr(make(seed)) for seed in range(8)}) > 4
        assert make(3) == make(3)
