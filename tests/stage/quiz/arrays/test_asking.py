"""A step that is asked: its rungs, what an address keeps of the answers, what they come to."""

import pytest

from backprop.lessons.arrays.choices import DENSE
from backprop.stage.choices import ChoiceError
from backprop.stage.programs.passes import program_steps
from backprop.stage.quiz.arrays.answers import ArrayQuizChoices, Tries, TriesKind
from backprop.stage.quiz.arrays.asking import find_array_question, is_asked, noted
from backprop.stage.quiz.arrays.questions import ask_array, rungs_of
from tests.stage.quiz.arrays.programs import reference, traced, use_of, walk

W = 9  # the step at which Z sends back to W


def question(level="3", answer="", tries=None, at=W, said=()):
    """Return where a learner stands; the mark of the question is filled in."""
    trace = traced(DENSE)
    steps = program_steps(trace.graph)
    found = find_array_question(trace, ArrayQuizChoices("1", level), steps, at)
    mark = (tries or found.tries).mark or found.tries.mark
    own = tries or Tries(mark, tuple(said))
    return find_array_question(
        trace, ArrayQuizChoices("1", level, found.answers, own, answer), steps, at
    )


def right(name):
    return str(ask_array(use_of("W", "Z"), name).right)


@pytest.mark.parametrize(
    ("level", "names"),
    [
        ("1", ["shape"]),
        ("2", ["shape", "rule"]),
        ("3", ["shape", "rule", "entry"]),
        ("4", ["entry"]),
    ],
)
def test_a_level_says_which_questions_are_asked(level, names):
    asked = question(level)
    assert [rung.name for rung in asked.rungs] == names
    assert asked.covered


@pytest.mark.parametrize("typed", ["2x3", "(2, 3)", "2 × 3", "2,3", "[2, 3]", "2 by 3"])
def test_a_shape_is_read_however_it_is_written(typed):
    asked = question(answer=typed)
    assert asked.rungs[0].is_right
    assert asked.now.name == "rule"
    assert noted(asked).said == (("shape", "2x3"),)


def test_a_wrong_answer_leaves_the_question_open_and_the_right_ones_uncover_the_step():
    asked = question(answer="3x2")
    assert asked.now.name == "shape"
    assert asked.rungs[0].last[1].slips[0].title == "Transposed"
    said = (("shape", "2x3"), ("rule", right("rule")))
    asked = question(said=said, answer=right("entry"))
    assert not asked.covered
    assert (asked.judged.sign, asked.judged.helped) == (True, False)
    asked = question(said=(("shape", "3x2"), *said), answer=right("entry"))
    assert asked.judged.helped


def test_what_was_told_counts_as_not_found():
    mark = question().tries.mark
    asked = question(tries=Tries(mark, (("shape", "2x3"),), (), ("rule", "entry")))
    assert not asked.covered
    assert asked.judged.sign is False


def test_a_product_may_be_typed_and_counts_as_far_as_its_digits_tell():
    said = (("shape", "2x3"), ("rule", right("rule")))
    asked = use_of("W", "Z")
    terms = ask_array(asked, "entry").given
    arriving = [number.shown for words, number in terms if str(words[0]).startswith("d")]
    factors = [number.shown for words, number in terms if not str(words[0]).startswith("d")]
    typed = " + ".join(f"({g})*({x})" for g, x in zip(arriving, factors, strict=True))
    assert not question(said=said, answer=typed).covered
    assert question(said=said, answer=f"2*({typed})").covered


def test_what_cannot_be_read_is_refused_beside_its_field():
    with pytest.raises(ChoiceError) as refused:
        question(answer="two by three")
    assert refused.value.at == "said-last"


def test_an_answer_of_other_numbers_is_none_here():
    assert question(tries=Tries("abc123", (("shape", "2x3"),))).now.name == "shape"


def test_the_spelling_of_tries_is_read_back():
    tries = Tries("5f3a", (("shape", "3x2"), ("rule", "b"), ("entry", "-3.4e-05")), ("rule",), ())
    text = TriesKind().write(tries)
    assert text == "5f3a_s3x2_rb_n-3.4e-05_hr"
    assert TriesKind().read(text, "said-here") == tries
    with pytest.raises(ChoiceError):
        TriesKind().read("5f3a_<b>", "said-here")


def test_shapes_ahead_are_unknown_while_a_line_is_asked():
    assert question(at=0).unknown_shapes == {"Z", "H", "D", "L"}
    assert question(at=0, answer="4x2").unknown_shapes == {"H", "D", "L"}
    assert question("4", at=0).unknown_shapes == frozenset()
    assert question().unknown_shapes == frozenset()


def test_every_step_that_is_asked_has_a_question():
    for asked in walk(reference()["causal_attention"]):
        if is_asked(asked.trace, asked.step):
            assert rungs_of(asked)
