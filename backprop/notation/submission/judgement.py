"""A checked submission as lines of text, and as data: what the command line prints."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop.engine.differences.report import AGREES
from backprop.engine.differences.verdict import Answer, Verdict, cannot_be_judged
from backprop.engine.network import Array
from backprop.engine.slips.batch_pass import BatchPass
from backprop.engine.slips.catalog import SLIPS
from backprop.engine.slips.fingerprint import fingerprint
from backprop.engine.slips.slip import LEARNING_RATE, Slip
from backprop.engine.slips.suspect import Suspect, group_by_arrays
from backprop.engine.slips.typed_fingerprint import function_fingerprint
from backprop.engine.text import to_text
from backprop.notation.submission.intermediates import WrongNode, check_intermediates
from backprop.notation.submission.program_report import check_program, program_suspects
from backprop.notation.submission.programs import (
    ProgramSubmission,
    WrongLine,
    compare,
    first_wrong_line,
)
from backprop.notation.submission.read import FunctionSubmission, Submission
from backprop.notation.submission.report import DIGITS, KINK, Checked, check_submission

HEADER = ("entry", "yours", "exact", "by differences", "relative difference", "verdict")
SHOWN = 40  # lines of the table
NOISE = 1e-12  # the share of the largest entry by which a slip that changes nothing may be off


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything that is said of a submission.

    Attributes:
        submission: what was brought.
        checked: its entries, the worst first.
        suspects: the slips that a wrong gradient points to, the likeliest first.
        nodes: the intermediates that are wrong, in the order of the computation.
        convention: how the slopes on the way back are written, where it is not our way.
        alike: slips that give the same, as far as the digits tell.
    """

    submission: Submission | FunctionSubmission | ProgramSubmission
    checked: Checked
    suspects: tuple[Suspect, ...] = ()
    nodes: tuple[WrongNode | WrongLine, ...] = ()
    convention: str = ""
    alike: tuple[Slip, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was guessed, converted or noticed, in sentences."""
        more = self.checked.tolerance.assumed, self.convention
        return (*self.submission.notes, *(note for note in more if note))

    @property
    def verdict(self) -> Verdict:
        """Whether the gradient is right, wrong, or why it cannot be judged."""
        if self.losses:
            names = " and for ".join(self.losses)
            return cannot_be_judged(f"no loss is named, and for {names} it is right")
        if not self.alike:
            return self.checked.verdict
        first = self.alike[0].title
        others = len(self.alike) - 1
        more = f" (or of {others} other{'s' * (others > 1)})" if others else ""
        return cannot_be_judged(
            f"its digits do not tell the right gradient from that of a slip: “{first}”{more}"
        )

    @property
    def losses(self) -> tuple[str, ...]:
        """Other losses for which it is right, where none was named and for ours it is not."""
        if not isinstance(self.submission, Submission) or self.checked.ok:
            return ()
        return self.submission.losses

    @property
    def ok(self) -> bool:
        """Whether the gradient is right."""
        return self.verdict.answer is Answer.RIGHT

    @property
    def sentence(self) -> str:
        """The result in a sentence or two."""
        return f"It {self.verdict}." if self.alike or self.losses else self.checked.sentence

    def text(self, *, everything: bool = False) -> str:
        """Return the table and what it means.

        Args:
            everything: show every entry, not only the first 40.
        """
        findings = self.checked.findings
        shown = findings if everything else findings[:SHOWN]
        rows = [
            (
                each.name,
                *map(_shown, (each.claimed, each.exact, each.numeric, each.relative)),
                each.verdict,
            )
            for each in shown
        ]
        more = len(findings) - len(shown)
        wrong = sum(not each.ok for each in findings[len(shown) :])
        which = f"{wrong:,} of them wrong" if wrong else "all right"
        lines = [
            f"{_title(self.submission)}, read from {self.submission.source}",
            *(f"  note: {note}" for note in self.notes),
            "",
            *_aligned((HEADER, *rows)),
            *([f"  … and {more:,} more, {which}"] if more else []),
            "",
            self.sentence,
            *(node.sentence for node in self.nodes[:1]),
            *(_suspicion(group[0]) for group in group_by_arrays(self.suspects)),
        ]
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """Return the same as plain values; NaN and ∞ are floats in it."""
        return {
            "ok": self.ok,
            "answer": str(self.verdict.answer),
            "because": self.verdict.because,
            "verdict": self.sentence,
            "source": self.submission.source,
            "notes": list(self.notes),
            "entries": [_fields(each) for each in self.checked.findings],
            "first_wrong": [node.sentence for node in self.nodes[:1]],
            "suspects": [
                {"name": s.slip.name, "confidence": s.confidence, "sentence": s.sentence}
                for s in self.suspects
            ],
        }


def judge(submission: Submission | FunctionSubmission | ProgramSubmission) -> Judgement:
    """Return everything that can be said of a submission."""
    if isinstance(submission, ProgramSubmission):
        return _judge_program(submission)
    checked = check_submission(submission)
    suspects = find_suspects(submission) if checked.is_suspect else ()
    if checked.depends_on_rounding and suspects and suspects[0].confidence:
        checked = checked.as_it_stands()  # a slip explains what else only rounding would
    elif checked.depends_on_rounding:
        suspects = ()
    if isinstance(submission, FunctionSubmission):
        return Judgement(submission, checked, suspects)
    nodes, factor = check_intermediates(submission, checked.tolerance.off)
    bent = any(each.verdict == KINK for each in checked.findings)
    if checked.ok and (bent or factor != 1):
        nodes = tuple(node for node in nodes if not node.name.startswith("d"))
    convention = _convention(factor) if checked.ok else ""
    return Judgement(
        submission, checked, suspects, nodes, convention, _slips_alike(submission, checked)
    )


def _judge_program(submission: ProgramSubmission) -> Judgement:
    compared = compare(submission, AGREES)
    checked = check_program(submission, compared)
    wrong = checked.is_suspect and any(np.any(each) for each in submission.gradient.values())
    suspects = program_suspects(submission) if wrong else ()
    lines = first_wrong_line(submission, compared) if checked.is_suspect else ()
    return Judgement(submission, checked, suspects, lines)


@np.errstate(all="ignore")
def _slips_alike(submission: Submission, checked: Checked) -> tuple[Slip, ...]:
    """Return the slips whose gradient the digits of a right claim do not tell from the right one.

    A slip that changes nothing here is none. Where the right gradient is within the digits, a slip
    must be, too: that slopes may differ by 1e-4 is for what was measured by nudging.
    """
    verdicts = {each.verdict for each in checked.findings}
    if not checked.ok or DIGITS not in verdicts or KINK in verdicts:
        return ()
    s, tolerance = submission, checked.tolerance
    passes = BatchPass(s.network, s.network.batch(s.parameters, s.X, s.Y))
    right = passes.gradient()
    allowed = {name: tolerance.own[name] + tolerance.reach[name] for name in right}
    noise = NOISE * max(float(np.abs(array).max()) for array in right.values())

    def same(
        a: Mapping[str, Array], b: Mapping[str, Array], most: Mapping[str, Any], agrees: float
    ) -> bool:
        return all(
            bool(np.all(np.abs(a[n] - b[n]) <= np.maximum(most[n], agrees * np.abs(b[n]))))
            for n in right
        )

    agrees = 0.0 if same(s.gradient, right, allowed, 0.0) else AGREES
    slips = []
    for slip in SLIPS.values():
        if not slip.fits(s.network, len(s.X)):
            continue
        wrong = passes.gradient(slip.rules, LEARNING_RATE)
        changes = not same(wrong, right, dict.fromkeys(right, noise), AGREES)
        if changes and same(s.gradient, wrong, allowed, agrees):
            slips.append(slip)
    return tuple(slips)


def find_suspects(submission: Submission | FunctionSubmission) -> tuple[Suspect, ...]:
    """Return the slips that a wrong gradient points to; none where it is not filled in."""
    s = submission
    if not any(np.any(array) for array in s.gradient.values()):
        return ()
    if isinstance(s, FunctionSubmission):
        return function_fingerprint(s.graph, s.at, s.gradient)
    return fingerprint(s.network, s.parameters, s.X, s.Y, s.gradient)


def _convention(factor: float) -> str:
    if factor == 1:
        return ""
    if factor > 1:
        return (
            f"Your δ are {factor:g} times ours: you divide by {factor:g}, the number of examples, "
            "at the end; that is a convention."
        )
    return (
        f"Your δ are ours divided by {1 / factor:g}, the number of examples, which you multiply by "
        "at the end; that is a convention."
    )


def _title(submission: Submission | FunctionSubmission | ProgramSubmission) -> str:
    if isinstance(submission, ProgramSubmission):
        return f"a program of {len(submission.program.lines)} lines"
    if isinstance(submission, FunctionSubmission):
        return f"f = {to_text(submission.graph)}"
    network = submission.network
    sizes, activations = (
        ", ".join(map(str, each)) for each in (network.sizes, network.activations)
    )
    return f"a network of {sizes}; {activations}; {network.loss}"


def _suspicion(suspect: Suspect) -> str:
    if not suspect.confidence:
        return suspect.sentence
    return f"Most likely ({100 * suspect.confidence:.0f} %): {suspect.sentence}"


def _fields(finding: Any) -> Mapping[str, Any]:
    return {name: getattr(finding, name) for name in type(finding).__slots__}


def _shown(number: float) -> str:
    if math.isfinite(number):
        return f"{number + 0.0:.6g}"
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [f"  {'  '.join(map(str.ljust, row, widths))}".rstrip() for row in rows]
