import gzip
import re
from pathlib import Path

import pytest

from backprop.web.assets import Assets, asset_url


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text('@font-face { src: url("../font.woff2") }')
    (tmp_path / "font.woff2").write_bytes(b"a font")
    return tmp_path


@pytest.fixture
def here(app):
    with app.test_request_context():
        yield


@pytest.mark.usefixtures("here")
def test_an_address_holds_the_start_of_the_digest(client):
    address = asset_url("css/base.css")
    assert re.fullmatch("/assets/[0-9a-f]{8}/css/base.css", address)
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.mimetype == "text/css"


def test_an_old_address_gives_the_file_of_today_for_now(client):
    answer = client.get("/assets/00000000/css/base.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.usefixtures("here")
def test_text_is_sent_compressed_to_whoever_takes_it_so(client):
    address = asset_url("js/live.js")
    plain, packed = client.get(address), client.get(address, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert plain.mimetype == "text/javascript"


@pytest.mark.usefixtures("here")
def test_plotly_comes_from_the_compressed_file_that_is_shipped(app, client):
    shipped = next((app.extensions["assets"].folder / "vendor").glob("plotly-*.js.gz"))
    address = asset_url(f"vendor/{shipped.name.removesuffix('.gz')}")
    assert client.get(address, headers={"Accept-Encoding": "gzip"}).data == shipped.read_bytes()


@pytest.mark.usefixtures("here")
def test_a_font_is_not_compressed_again(client):
    answer = client.get(
        asset_url("vendor/inter-subset-4.1.1.woff2"), headers={"Accept-Encoding": "gzip"}
    )
    assert "Content-Encoding" not in answer.headers
    assert answer.mimetype == "font/woff2"


def test_a_style_names_files_by_their_digest(folder):
    assets = Assets(folder)
    assert assets.find("css/a.css").body == (
        f'@font-face {{ src: url("../../{assets.digest("font.woff2")}/font.woff2") }}'.encode()
    )


def test_a_file_that_changes_is_read_again(folder):
    assets, font = Assets(folder), folder / "font.woff2"
    before = assets.digest("font.woff2")
    font.write_bytes(b"another font")
    assert assets.digest("font.woff2") != before


@pytest.mark.parametrize(
    "path",
    ["../app.py", "css/../../app.py", "/etc/passwd", "css", "no.css", "css//base.css", "a\0b"],
)
def test_nothing_outside_the_folder_is_sent(client, app, path):
    assert app.extensions["assets"].find(path) is None
    assert client.get(f"/assets/00000000/{path}").status_code in (404, 308)


@pytest.mark.usefixtures("here")
def test_a_name_without_a_file_is_a_mistake_that_says_so():
    with pytest.raises(AssertionError, match=r"static/css/nope\.css does not exist"):
        asset_url("css/nope.css")


def test_the_icon_is_found_by_its_old_name(client):
    answer = client.get("/favicon.ico", follow_redirects=True)
    assert answer.mimetype == "image/svg+xml"


def test_nothing_moves_for_ever():
    """Endless motion costs a tenth of a core at rest: what moves does so a few times."""
    styles = list((Path(__file__).parents[2] / "static" / "css").glob("*.css"))
    assert styles
    endless = [each.name for each in styles if re.search(r"\binfinite\b", each.read_text())]
    assert not endless
