"""Take a picture of a state of the app: the README's, or of any address.

    python scripts/picture.py                                         as `make picture` does
    python scripts/picture.py "/train?data=moons" now.png             1440 × 900, light
    python scripts/picture.py "/train?data=moons" now.png 390x844 dark

It starts the application on a free port, opens the address in a browser, and writes the file.
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
README = ("/lessons/network?step=20", str(ROOT / "docs" / "picture.png"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(address: str, path: str, size: str = "1440x900", scheme: str = "light") -> None:
    """Write the picture of an address of the app."""
    from app import create_app

    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATABASE_URL": f"sqlite:///{folder}/snapshots.sqlite"})
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        take(f"http://127.0.0.1:{server.server_port}{address}", Path(path), size, scheme)
        server.shutdown()


def take(address: str, path: Path, size: str, scheme: str) -> None:
    """Write a screenshot of an address; the size is its width and height, as 390x844."""
    found = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    width, height = map(int, size.split("x"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        page.goto(address, wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        path.parent.mkdir(exist_ok=True)
        page.screenshot(path=path)
        browser.close()


if __name__ == "__main__":
    main(*(sys.argv[1:] or README))
