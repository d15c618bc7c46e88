"""Every program as a LaTeX document: well formed, with a line for each line and each use."""

import pytest

from backprop.engine.arrays.uses import uses
from backprop.engine.program import program
from backprop.lessons.arrays.passes import passes_of
from backprop.lessons.arrays.presets import PRESETS
from backprop.notation.export.programs.latex import latex_program
from tests.kit.latex_reader import faults
from tests.kit.programs import NAMES, graph_of
from tests.kit.words import WORDS, program_of

PROGRAMS = [
    *(pytest.param(lambda p=p: passes_of(p.choices).program, id=p.name) for p in PRESETS),
    *(pytest.param(lambda n=n: graph_of(n, opened=True), id=n) for n in NAMES),
    *(pytest.param(lambda n=n: program_of(n), id=n) for n in WORDS),
]


@pytest.mark.parametrize("made", PROGRAMS)
def test_a_program_is_a_document_with_all_its_lines_and_uses(made):
    graph = made()
    text = latex_program(graph)
    assert faults(text) == []
    assert text.startswith("\\documentclass{article}\n\\usepackage{amsmath}\n\\begin{document}\n")
    assert text.endswith("\\end{document}\n")
    backward = text.partition("\\subsection*{Backward")[2]
    assert backward.count(", through $") == len(uses(graph))


def test_the_rules_stand_in_letters_with_their_shapes():
    text = latex_program(
        program(
            "X : given 4 x 3 = random 1\nW1 : 2 x 3 = random 2\nb : 2 = zeros\n"
            "Z1 = X @ W1.T + b\nL = mean(sigmoid(Z1) ** 2) + 1e-05 * sum(b)"
        )
    )
    for line in (
        r"$X$ \hfill $4 \times 3$, given",
        r"$\displaystyle Z_{1} = X \, {W_{1}}^{T} + b$ \hfill $4 \times 2$",
        r"$\displaystyle L = \operatorname{mean}({\sigma(Z_{1})}^{2}) + 1 \cdot 10^{-5} \cdot "
        r"\sum(b)$ \hfill $1$",
        r"$\displaystyle \frac{\partial L}{\partial L} = 1$ \hfill $1$",
        r"$\displaystyle \frac{\partial L}{\partial b} \mathrel{+}= "
        r"\operatorname{fit}(\frac{\partial L}{\partial Z_{1}})$ \hfill $2$, through $Z_{1}$",
        r"$\displaystyle \frac{\partial L}{\partial W_{1}} = "
        r"{(\frac{\partial L}{\partial Z_{1}})}^{T} \, X$ \hfill $2 \times 3$, through $Z_{1}$",
    ):
        assert line in text
    assert "$\\operatorname{fit}$ sums up what broadcasting repeated." in text
    assert "\\operatorname{windows}" not in text


def test_a_convolution_is_a_sum_by_its_letters():
    preset = next(each for each in PRESETS if each.name == "convolution-1d")
    text = latex_program(passes_of(preset.choices).program)
    assert (
        r"\Bigl[\sum_{o} {(\frac{\partial L}{\partial Z})}_{noh} \, {w}_{oci}\Bigr]_{nchi}" in text
    )
