"""What was brought: taken from a form, kept in the store, read again, judged, and taken back."""

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from backprop.engine.errors import InputError, LimitError
from backprop.lessons.own_gradient.choices import Choices, check_bounded, make_given
from backprop.lessons.own_gradient.downloads import example_text
from backprop.notation.submission.judgement import Judgement, judge
from backprop.notation.submission.printed import decode_text, find_kind
from backprop.notation.submission.programs import ProgramSubmission, read_program_submission
from backprop.notation.submission.read import FunctionSubmission, Submission, read_submission
from backprop.sharing.errors import MissingSnapshot, NotYours
from backprop.sharing.formats import content_of, fields, labelled, unreadable
from backprop.sharing.snapshot import address_of, to_bytes
from backprop.stage.lesson import Action, FormRequest, Transition
from backprop.stage.links import Read

MOST_STORED = 2**20  # bytes of a body
LONGEST_SHOWN = 20_000  # letters of a text that stands in the field again


@dataclass(frozen=True, slots=True, eq=False)
class Brought:
    """What was brought, or the example in its place.

    Attributes:
        judgement: everything that is said of it.
        text: of the field; empty where it is a file of bytes, or too long to be shown again.
        size: in words: “1,234 letters”.
    """

    judgement: Judgement
    text: str
    size: str


def find_brought(choices: Choices, read: Read) -> Brought | None:
    """Return what was brought, judged; None where nothing was.

    Raises:
        InputError: it cannot be read; the text says where.
    """
    here = replace(bare(choices), read_as=choices.read_as)
    if choices.own:
        return _brought(_stored(read, choices.own), here)  # once deleted it is gone
    text = example_text(choices)
    return _brought(text, here) if text else None


def bare(choices: Choices) -> Choices:
    """Return the network here and nothing else: no example, nothing brought, the ordinary view."""
    return replace(choices, mode="", hide=(), more=(), read_as=(), example="", own="")


@lru_cache(maxsize=8)
def _brought(given: str | bytes, here: Choices) -> Brought:
    judgement = judge(read_brought(given, here))
    if isinstance(given, bytes) and find_kind(given) in ("npz", "npy"):
        return Brought(judgement, "", f"{len(given):,} bytes")
    text = decode_text(given)
    shown = text if len(text) <= LONGEST_SHOWN else ""
    return Brought(judgement, shown, f"{len(text):,} letters")


def read_brought(
    given: str | bytes, choices: Choices
) -> Submission | FunctionSubmission | ProgramSubmission:
    """Return what a text or a file submits, beside the network here; bounded before it is judged.

    Raises:
        InputError: it cannot be read, or would take too long to judge; `at` is the field.
    """
    here = make_given(choices)
    try:
        claimed = read_program_submission(given)
        if claimed is not None:
            return claimed
        try:
            submission = read_submission(
                given, here.network, here.defaults, choices.wish, choices.settled
            )
        except InputError as error:
            if error.at != "expression":
                raise
            return read_submission(given)  # of a function: it brings everything itself
        check_bounded(submission.network, len(submission.X), at="given")
    except InputError as error:
        raise type(error)(error.what, hint=error.hint, at="given") from None
    return submission


def bring(choices: Choices, form: FormRequest) -> Transition:
    """Take what the learner pastes or uploads; a file goes before a text.

    Raises:
        InputError: it cannot be read, or is too much; the text says where.
    """
    file, text = form.files.get("file"), form.pairs.get("given", "")
    given = file or text
    if not given.strip():
        raise InputError(
            "There is nothing here yet.",
            hint="Paste what your code prints, or choose a file.",
            at="given",
        )
    choices = replace(choices, read_as=())
    submission = read_brought(given, choices)  # refused before it is stored
    if isinstance(submission, Submission):
        submission.network.check_targets(submission.Y)
    body = _body(given)
    if len(body) > MOST_STORED:
        raise LimitError(
            f"These {len(given):,} bytes are too many to be kept.",
            hint="Bring about 700,000 at most, or save with np.savez_compressed.",
            at="given",
        )
    after = replace(choices, example="", own=address_of(body))
    return Transition(after, brought=(body,), field="given")


def delete(choices: Choices, form: FormRequest) -> Transition:
    """Take back what was brought; it goes from the store where nobody else brought the same.

    Raises:
        InputError: what stands at the address is no gradient.
        NotYours: another browser brought it.
    """
    if choices.own:
        _stored(form.links.read, choices.own)
        if not form.links.owns(choices.own):
            raise NotYours(
                "Only the browser that brought this gradient can delete it.",
                hint="What stands here stays. You can paste another in its place.",
                at="given",
            )
    after = replace(choices, own="", example="")
    return Transition(after, deleted=(choices.own,) if choices.own else ())


ACTIONS: Mapping[str, Action] = {"check": bring, "delete": delete}


def _body(given: str | bytes) -> bytes:
    """Return the snapshot of what was brought; the same for whoever brings the same."""
    is_text = isinstance(given, str)
    raw = given.encode("utf-8", "replace") if isinstance(given, str) else given
    packed = base64.b64encode(zlib.compress(raw)).decode()
    return to_bytes(labelled(gradient=packed, text=is_text))


def _stored(read: Read, address: str) -> str | bytes:
    try:
        value = read(address)
    except MissingSnapshot as error:
        hint = "Who brought it deleted it, or it made room for others. Bring it again."
        raise MissingSnapshot("The gradient that was brought is gone.", hint=hint) from error
    if not isinstance(value, Mapping) or "gradient" not in value:
        raise InputError("What stands at this address is no gradient that was brought.", at="own")
    kept = fields(content_of(value, {}), gradient=str, text=bool)
    try:
        raw = zlib.decompress(base64.b64decode(kept["gradient"], validate=True))
        return raw.decode() if kept["text"] else raw
    except (ValueError, zlib.error) as error:
        raise unreadable("it is not packed as it should be") from error
