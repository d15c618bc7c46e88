"""What is at rest on a projector is seen at the back: its lines against the ground they lie on."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parent.parent / "static" / "css"
BASE, PROJECTOR = ((CSS / f"{name}.css").read_text("utf-8") for name in ("base", "projector"))
MIX = re.compile(r"color-mix\(in srgb, var\((--[\w-]+)\) (\d+)%, var\((--[\w-]+)\)\)")

Colour = tuple[float, ...]


def declared(css: str, selector: str) -> dict[str, str]:
    body = css.split(f"{selector} {{")[1].split("}")[0]
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", body))


def colour(name: str, tokens: dict[str, str], ground: dict[str, str]) -> Colour:
    """Return a token's colour; what the projector mixes, it mixes of the theme's."""
    text = tokens.get(name, ground[name])
    mix = MIX.fullmatch(text)
    if mix:
        share = int(mix[2]) / 100
        pair = zip(colour(mix[1], {}, ground), colour(mix[3], {}, ground), strict=True)
        return tuple(share * one + (1 - share) * other for one, other in pair)
    digits = text[1:] if len(text) == 7 else "".join(2 * digit for digit in text[1:])
    return tuple(int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))


def luminance(rgb: Colour) -> float:
    """Return the relative luminance of a colour, as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return sum(part * c for part, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: Colour, other: Colour) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", ["--bg", "--node", "--wash"])
@pytest.mark.parametrize("line", ["--edge", "--field", "--faint", "--fwd-line", "--bwd-line"])
@pytest.mark.parametrize("theme", [":root", ":root[data-theme=dark]"])
def test_lines_at_rest_have_a_contrast_of_three_to_one(theme: str, line: str, ground: str):
    tokens, themed = declared(PROJECTOR, "body"), declared(BASE, theme)
    ground_colour = colour(ground, {}, themed)
    assert contrast(colour(line, tokens, themed), ground_colour) >= 3


def test_the_two_colours_of_a_graph_stay_apart_from_its_lines_at_rest():
    tokens = declared(PROJECTOR, "body")
    for theme in (":root", ":root[data-theme=dark]"):
        themed = declared(BASE, theme)
        bright, rest = (colour(name, tokens, themed) for name in ("--bwd", "--bwd-line"))
        assert contrast(bright, colour("--bg", {}, themed)) > contrast(
            rest, colour("--bg", {}, themed)
        )
