"""The lessons, and the first page's graph."""

from backprop.lessons.catalog import LESSONS, home_board
from backprop.stage.links import Links, Origin


def test_every_lesson_has_another_name():
    assert len({lesson.name for lesson in LESSONS}) == len(LESSONS)


def test_the_first_preset_of_a_lesson_is_its_first_visit():
    for lesson in LESSONS:
        assert lesson.presets[0].choices == lesson.defaults


def test_every_preset_has_another_name_and_says_what_there_is_to_see():
    for lesson in LESSONS:
        assert len({preset.name for preset in lesson.presets}) == len(lesson.presets)
        assert all(preset.about.endswith((".", "?")) for preset in lesson.presets)


def test_every_lesson_opens():
    for lesson in LESSONS:
        assert lesson.compose(
            lesson.defaults, Links(lesson.path, Origin({}, lesson.defaults), lesson.defaults)
        )


def test_the_first_page_shows_a_function_in_the_middle_of_its_backward_pass():
    board = home_board()
    assert board.expression == "(x + y) · z"
    assert "−12" in str(board.scene)
    assert LESSONS[0].path in str(board.scene)
    assert "/lessons/network" not in str(board.scene)
    assert board == home_board()
