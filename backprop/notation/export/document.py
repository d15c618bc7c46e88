r"""Sentences, lines and tables as the body of a LaTeX document, for amsmath alone."""

from collections.abc import Iterable, Sequence

from backprop.notation.export.latex import escaped, latex
from backprop.notation.formula import Label, Number

Words = tuple[str | Label | Number, ...]


def prose(words: Words) -> str:
    """Return a sentence; names and numbers in it are mathematics."""
    return "".join(escaped(x) if isinstance(x, str) else f"${latex(x)}$" for x in words)


def remark(text: str) -> str:
    """Return a text as a comment, on one line whatever it holds."""
    return f"% {' '.join(text.split())}"


def heading(words: Words) -> str:
    """Return a heading without a number."""
    return f"\\subsection*{{{prose(words)}}}"


def verbatim(lines: Sequence[str]) -> str:
    """Return lines of a program as they are typed, numbered from 1."""
    width = len(str(len(lines)))
    numbered = "\n".join(f"{n:{width}}  {line}".rstrip() for n, line in enumerate(lines, 1))
    return f"\\begin{{verbatim}}\n{numbered}\n\\end{{verbatim}}"


def align(pairs: Sequence[tuple[str, str]]) -> str:
    """Return lines below each other, as a display of their own; the pairs are those of `rows`."""
    lines = " \\\\\n".join(f"  {left} &{right}" if left else f"  &{right}" for left, right in pairs)
    return f"\\begin{{align*}}\n{lines}\n\\end{{align*}}"


def table(heads: Iterable[Words], rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells, which are mathematics, under their heads."""
    titles = [f"\\text{{{prose(head)}}}" if head else "" for head in heads]
    lines = [" & ".join(titles) + " \\\\ \\hline", *(" & ".join(row) + " \\\\" for row in rows)]
    body = "\n".join(f"  {line}" for line in lines)
    return f"\\[\n\\begin{{array}}{{{'l' * len(titles)}}}\n{body}\n\\end{{array}}\n\\]"
