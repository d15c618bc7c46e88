"""Plotly, or a stand-in for it: most tests look at no chart, and it is heavy."""

import re
from collections.abc import Iterable
from typing import Any

BUNDLE = re.compile(r"/plotly-[^/]+\.js$")
# It takes a figure as Plotly does, refuses what is none, and draws nothing.
STAND_IN = b"""
window.Plotly = {
  async react(chart, data, layout) {
    if (!Array.isArray(data) || !layout.template) throw new Error(`no figure for ${chart.id}`);
    chart.on = () => chart;
    return chart;
  },
};
"""
HEADERS = [
    ("Content-Type", "text/javascript"),
    ("Content-Length", str(len(STAND_IN))),
    ("Cache-Control", "max-age=3600"),
]


class Charts:
    """A WSGI app around the site's, whose `drawn` says whether Plotly is Plotly."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.drawn = False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self.drawn or not BUNDLE.search(environ["PATH_INFO"]):
            return self.app(environ, start_response)
        start_response("200 OK", HEADERS)
        return [STAND_IN]
