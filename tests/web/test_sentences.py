"""What stands in a sentence adds up as printed: every = of every opened, computed again.

Read are whole pages, formulas and tables included, as `tests/kit/page_text.py` puts them in lines.
What `tests/kit/printed_arithmetic.py` cannot compute is counted by kind: a rule in letters, a name
and its number, or the end of what stands before it. There is no other kind but for a few places
that are listed here, so a sentence of a new kind does not pass unread.
"""

import random
import re
from collections import Counter
from urllib.parse import urlencode

import pytest

from app import create_app
from tests.kit.page_text import implied_equations, page_lines, tree
from tests.kit.printed_arithmetic import check

TRAINING = ("/train", "/train?detail=layers")
LETTERS, NAMED, END = "a rule in letters", "a name and its number", "the end of what stands before"
SAID_OTHERWISE = re.compile(
    r"where\s+= |where\( tri\(|: = where|\)\s+=\s*.*(from|at) ‹|2\(1 \+ μ\)/"
)
STEP = re.compile(r"step \d+ of (\d+)")


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The application with all its lessons."""
    app = create_app({"DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('sums') / 's.sqlite'}"})
    yield app
    app.extensions["store"].close()


@pytest.fixture(scope="module")
def opened(app):
    """Opens an address as htmx does."""
    client = app.test_client()

    def open_page(address):
        answer = client.get(address, headers={"HX-Request-Type": "partial"})
        return answer.text if answer.status_code == 200 else ""

    return open_page


def results_of(html):
    """Yield the line and the result of every = of a page."""
    root = tree(html)
    for line in (*page_lines(root), *implied_equations(root)):
        for result in check(line):
            yield line, result


def faults(opened, addresses):
    """Return what does not hold, where it stands, and how many = were computed, by kind."""
    kinds, wrong = Counter(), []
    for address in addresses:
        for line, result in results_of(opened(address)):
            kinds[result.kind] += 1
            known = result.kind in ("holds", LETTERS, NAMED, END)
            if not known and not SAID_OTHERWISE.search(line):
                wrong.append((address, result.kind, result.left, result.right, line))
    return wrong, kinds


def presets_of(app):
    return [
        f"{lesson.path}?preset={p.name}" for lesson in app.config["LESSONS"] for p in lesson.presets
    ]


def with_steps(opened, address, most):
    """Return an address at some steps of its walk: at most so many, spread evenly."""
    found = STEP.search(" ".join(page_lines(tree(opened(address)))))
    last = int(found.group(1)) - 1 if found else 0
    count = min(last, most)
    steps = sorted({round(k * last / count) for k in range(1, count + 1)}) if count else []
    return [address, *(f"{address}&step={n}" for n in steps)]


EXPRESSIONS = (
    *("(x + y) * z", "x*y + sin(x)", "exp(-x^2) * y", "sigmoid(x*y) - y", "ln(x^2 + 1)/y"),
    *("tanh(x)*tanh(y)*x", "sqrt(x^2 + y^2)", "x/(1 + y^2) - x", "max(x, y) * x", "x^3 - 3x y^2"),
)
CHAINS = (("sin(u)", "x^2"), ("exp(-u)", "x^3"), ("tanh(u)", "5x"), ("1/u", "x^2 + 2"))


def any_number(source):
    """Return a number of any usual size, with few digits or with many."""
    size = source.choice((1e-4, 0.01, 0.3, 1.0, 1.0, 3.0, 40.0))
    return float(f"{source.uniform(-size, size):.{source.choice((2, 3, 9))}g}")


def random_address(source):
    """Return an address of a state that nobody set up."""
    lesson = source.choice(("network", "playground", "chain", "gradient", "race", "check", "round"))
    x, y, z = (any_number(source) for _ in range(3))
    step = source.randrange(30)
    if lesson in ("network", "round"):
        names = [f"w{n}_{i}_{j}" for n in (1, 2) for i in (1, 2) for j in (1, 2)]
        pairs = {name: any_number(source) for name in (*names, "x1", "x2")}
        optimizer = source.choice(("adam", "momentum", "gradient_descent", "rmsprop"))
        pairs |= {"step": 29 if lesson == "round" else step, "optimizer": optimizer}
        return f"/lessons/network?{urlencode(pairs)}"
    expression = source.choice(EXPRESSIONS)
    if lesson == "playground":
        pairs = {"expression": expression, "x": x, "y": y, "step": step, "focus": "x"}
        return f"/playground?{urlencode(pairs | ({'z': z} if 'z' in expression else {}))}"
    if lesson == "chain":
        outer, inner = source.choice(CHAINS)
        pairs = {"y": outer, "u": inner, "x": x, "dx": source.uniform(-1, 1), "step": step % 6}
        return f"/lessons/chain-rule?{urlencode(pairs)}"
    if lesson == "gradient":
        pairs = {"expression": EXPRESSIONS[step % 8 + 1], "x": x, "y": y, "angle": step * 7}
        return f"/lessons/gradient?{urlencode(pairs | {'length': abs(z)})}"
    if lesson == "check":
        pairs = {"of": "expression", "expression": EXPRESSIONS[step % 8 + 1], "x": x, "y": y}
        return f"/lessons/gradient-check?{urlencode(pairs | {'nudge': 10.0 ** -(step % 12)})}"
    racer = source.choice(("adam", "momentum", "gradient_descent", "rmsprop", "nesterov"))
    pairs = {"x": x, "y": y, "racers": racer, "step": step, "lead": 1}
    return f"/lessons/optimizers?{urlencode(pairs)}"


def test_what_stands_in_a_sentence_adds_up_as_printed(app, opened):
    source = random.Random(14)
    walked = ("network?preset=by-hand", "sine-of-square", "corrected")
    addresses = [each for each in presets_of(app)[::9] if "/train" not in each]
    for each in presets_of(app):
        if each.endswith(walked):
            addresses += with_steps(opened, each, 5)
    addresses += [random_address(source) for _ in range(20)]
    addresses += TRAINING
    wrong, kinds = faults(opened, addresses)
    assert wrong == []
    assert kinds["holds"] > 100


@pytest.mark.long
def test_every_preset_at_every_step_adds_up_as_printed(app, opened):
    addresses = [at for each in presets_of(app) for at in with_steps(opened, each, 60)]
    for lesson in app.config["LESSONS"]:
        addresses += [f"{lesson.path}/end?fresh={n}&question={n % 3 + 1}" for n in range(1, 7)]
        addresses += [
            f"/questions?ask={lesson.name}.{kind}&fresh={n}"
            for kind in lesson.questions
            for n in range(1, 7)
        ]
    wrong, kinds = faults(opened, [*addresses, *TRAINING])
    assert wrong == []
    assert kinds["holds"] > 2_000


@pytest.mark.long
def test_two_hundred_states_that_nobody_set_up_add_up_as_printed(opened):
    source = random.Random(200)
    wrong, kinds = faults(opened, [random_address(source) for _ in range(200)])
    assert wrong == []
    assert kinds["holds"] > 300


def kinds_of(line):
    return [result.kind for result in check(line)]


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("−0.500 × 0.00181 = −9.05·10⁻⁴", ["holds"]),
        ("−0.500 × 0.002 = −9.03·10⁻⁴", ["broken"]),
        ("⟨z⟩ = ⟨w⟩⟨x⟩ = 0.5 × 2 + 1 = 2", [LETTERS, LETTERS, "holds"]),
        ("((0.399)/(1 − 0.999^(10))) = 40.077", ["broken"]),
        ("σ (0.3775) = 0.593, and so 1 + 1 = 3", ["holds", "broken"]),
        ("At x = 1 it stands; y += 2", [NAMED]),
        ("three apples = 4", [NAMED]),
        ("it is (see above) = 4", ["other"]),
    ],
)
def test_a_sentence_is_read_as_it_is_printed(line, kinds):
    assert kinds_of(line) == kinds
