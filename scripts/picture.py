"""Take the README's picture: the 2-2-2 by hand in the middle of its backward pass.

Run by `make picture`. It starts the application on a free port, opens the step in a browser, and
writes docs/picture.png.
"""

import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
STEP = "/lessons/network?step=20"
SIZE = {"width": 1440, "height": 900}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> None:
    """Write docs/picture.png."""
    from app import create_app

    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATABASE_URL": f"sqlite:///{folder}/snapshots.sqlite"})
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        take(f"http://127.0.0.1:{server.server_port}{STEP}", ROOT / "docs" / "picture.png")
        server.shutdown()


def take(address: str, path: Path) -> None:
    """Write a screenshot of an address."""
    found = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, color_scheme="light", reduced_motion="reduce")
        page.goto(address, wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        path.parent.mkdir(exist_ok=True)
        page.screenshot(path=path)
        browser.close()


if __name__ == "__main__":
    main()
