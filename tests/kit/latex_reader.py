"""Reads LaTeX as far as it must be well formed: braces, environments, known commands."""

import re

AMSMATH = frozenset(
    r"""
    arraystretch renewcommand
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi
    rho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma
    Upsilon Phi Psi Omega approx arccos arcsin arctan begin boxed cdot cdots cos cosh div end exp
    frac gets geq hat hline infty leq left ln lvert mathrm max mbox min nabla neq odot operatorname
    paragraph partial pm quad right rvert sin sinh sqrt subsection sum surd tan tanh ell
    textasciicircum textbackslash text times to circ widehat
    Bigl Bigr displaystyle documentclass hfill mathrel section sqrt usepackage
    """.split()  # noqa: SIM905
)
OF_AMSMATH = frozenset("boxed lvert operatorname rvert text".split())  # noqa: SIM905
OF_TIKZ = frozenset(
    "clip definecolor draw filldraw footnotesize node scriptsize".split()  # noqa: SIM905
)
TIKZ = (AMSMATH - OF_AMSMATH) | OF_TIKZ
VERBATIM = re.compile(r"\\begin\{verbatim\}\n.*?\n\\end\{verbatim\}", re.DOTALL)
ENVIRONMENT = re.compile(r"\\(begin|end)\{([a-z]+\*?)\}")
COMMAND = re.compile(r"\\([A-Za-z]+)")
TYPOGRAPHY = frozenset("“”‘’–—…½¼¾×é²³")  # that LaTeX knows as it stands


def faults(text: str, commands: frozenset[str] = AMSMATH) -> list[str]:
    """Return what keeps a body from being LaTeX that compiles; nothing where it is well formed."""
    bare = VERBATIM.sub("", text)
    bare = "\n".join(line for line in bare.split("\n") if not line.startswith("%"))
    found = [f"unknown \\{name}" for name in COMMAND.findall(bare) if name not in commands]
    found += [f"foreign {c!r}" for c in bare if not c.isascii() and c not in TYPOGRAPHY]
    opened: list[str] = []
    for kind, name in ENVIRONMENT.findall(bare):
        if kind == "begin":
            opened.append(name)
        elif not opened or opened.pop() != name:
            found.append(f"\\end{{{name}}} ends nothing")
    found += [f"{name} never ends" for name in opened]
    escaped = re.sub(r"\\[\\{}%$#&_]", "", bare)
    depth = 0
    for character in escaped:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            break
    found += ["braces"] if depth else []
    found += ["dollars"] if escaped.count("$") % 2 else []
    found += ["left and right"] if bare.count(r"\left") != bare.count(r"\right") else []
    found += ["a bare character"] if "#" in escaped or "%" in escaped else []
    return found
