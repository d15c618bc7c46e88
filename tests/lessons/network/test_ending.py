"""The end of one round: its sentences, its picture, and the numbers of its questions."""

from backprop.lessons.network.choices import DEFAULTS
from backprop.lessons.network.ending import QUESTIONS, make_ending
from backprop.lessons.network.training_step import compute
from backprop.notation.numerals import read_printed
from backprop.stage.quiz.question import judge
from backprop.stage.walk.explanation import spoken


def test_the_end_says_the_numbers_of_the_classic_hand_example():
    ending = make_ending()
    first, _, third = map(spoken, ending.sentences)
    assert "the loss, E = 0.298." in first
    assert "E fell to 0.291." in third
    assert len(compute(DEFAULTS).gradient) == 10  # “Ten slopes”
    assert spoken(ending.caption) == "Where two ways meet, at h 1: 0.055 + (−0.019) = 0.036"


def test_its_picture_begins_at_the_hidden_layer_and_nothing_in_it_is_pressed():
    scene = make_ending().picture
    names = {node[0] for node in scene.nodes}
    assert "n-a1_1" in names
    assert "n-x1" not in names
    assert not any(node[4] for node in scene.nodes)
    assert float(scene.left) + float(scene.width) == 1076


def test_adam_changes_the_step_and_what_comes_of_it_and_nothing_before():
    question = QUESTIONS["adam"](3)
    judgement = judge(question, "slope,step,after")
    assert [slip.title for slip in judgement.slips] == ["Backpropagation taken for the optimizer"]
    assert judge(question, "step,after").right


def test_a_slope_that_is_worked_out_from_the_given_numbers_is_right():
    for seed in range(20):
        question = QUESTIONS["number"](seed)
        o, t, h = (number.shown for _, number in question.given)
        assert judge(question, f"({o} - {t}) * {o} * (1 - {o}) * {h}").right
        worked = (float(o) - float(t)) * float(o) * (1 - float(o)) * float(h)
        assert judge(question, f"{worked:.2e}").right, seed
        slips = judge(question, f"({o} - {t}) * {h}").slips
        assert "No σ′ at the output" in [slip.title for slip in slips], seed


def test_slope_step_and_weight_before_an_optimizer_close_as_they_are_printed():
    for seed in range(60):
        texts = {c.name: c.number.shown for c in QUESTIONS["adam"](seed).choices if c.number}
        slope, step = (read_printed(texts[name]) for name in ("slope", "step"))
        places = len(texts["step"].partition(".")[2])
        assert abs(-0.5 * slope - step) < 0.45 * 10.0**-places, seed
    numbers = {c.name: c.number.shown for c in QUESTIONS["adam"](6).choices if c.number}
    assert (numbers["slope"], numbers["step"]) == ("0.0226", "−0.0113")
