"""How often a page is painted anew while a slider is dragged, in a real Chromium."""

from collections.abc import Iterator
from urllib.parse import quote

from benchmarks.browser import browser, served
from benchmarks.timing import Row, left_out
from benchmarks.training_page import over
from benchmarks.web import application

SECONDS = 4
FORTY = (  # 45 nodes where equal parts are shared
    "(sin(x*y) + exp(x/3)*cos(y) + tanh(x - y)*z + (x + z)^2/(1 + y^2)"
    " + sqrt(1 + x^2)*ln(2 + z^2) + sigmoid(x*z)*y - x*y*z/7)^2"
)
PAGES = {
    "playground, 45 nodes": (
        f"/playground?share=1&expression={quote(FORTY)}&x=1&y=0.5&z=0.3&step=60",
        "#slide-x",
        10,
    ),
    "chain rule, three curves": ("/lessons/chain-rule", "#slide-dx", 0),
    "network, 2-2-2": ("/lessons/network", "#slider", 0),
}
DRAG = """([selector, seconds]) => new Promise(done => {
  let painted = 0;
  const frame = then => requestAnimationFrame(then);
  document.addEventListener('htmx:after:swap', () => frame(() => frame(() => { painted += 1; })));
  const slider = document.querySelector(selector);
  slider.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
  const start = performance.now();
  const [low, high] = [Number(slider.min), Number(slider.max)];
  let moves = 0;
  const move = () => {
    const passed = (performance.now() - start) / 1000;
    if (passed > seconds) return done(painted / passed);
    slider.value = low + (high - low) * (0.3 + 0.4 * ((moves++ % 100) / 100));
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    setTimeout(move, 16);
  };
  move();
})"""


def rows() -> Iterator[Row]:
    """Drag the slider of each page for four seconds, a move every 16 ms."""
    with browser() as found, application() as app:
        if not found:
            yield left_out("a dragged slider", "Chromium")
            return
        with served(app) as address:
            for name, (path, slider, wanted) in PAGES.items():
                page = found.new_page(viewport={"width": 1440, "height": 900})
                page.goto(f"{address}{path}")
                page.wait_for_selector(f"{slider}[data-htmx-powered]")
                rate = page.evaluate(DRAG, [slider, SECONDS])
                title = f"a dragged slider, {name}: pictures a second"
                yield over(title, rate, wanted) if wanted else Row(title, f"{rate:.3g}")
                page.close()
