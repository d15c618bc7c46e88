"""Errors in what a visitor gives; their texts are shown to the learner."""


class InputError(Exception):
    """Something the caller gave cannot be used; the text may be shown to a learner as it stands.

    Args:
        what: a whole sentence that quotes what is wrong.
        hint: what would be right, as a sentence; empty when nothing helps.
        at: where it is wrong: a position in a text (counted from 0), or the name of a field.
    """

    def __init__(self, what: str, *, hint: str = "", at: int | str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.at = at

    def __str__(self) -> str:
        """Return both sentences, as a command line prints them."""
        return f"{self.what} {self.hint}".strip()


class ExpressionError(InputError):
    """A typed formula cannot be read."""


class PointError(InputError):
    """A point names a variable that the function does not have, or leaves one out."""


class ShapeError(InputError):
    """Sizes or shapes do not fit together."""


class FunctionError(InputError):
    """A function that was given to be checked raises an error, or returns what is no loss."""


class UnknownNameError(InputError):
    """A name (of a preset, an operation, an optimizer …) that is not known."""


class LimitError(InputError):
    """More was asked than one request may cost; the text says the limit."""
