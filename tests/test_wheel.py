"""The package as it is installed: the library with NumPy alone, and the app from the wheel."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from urllib.request import urlopen

import numpy
import pytest

from tests.kit.server import free_port

ROOT = Path(__file__).parents[1]
SITE = Path(numpy.__file__).parents[1]  # where this environment has its packages
MEGABYTES = 3


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with wheel and sdist, built from a copy: nothing is left in the checkout."""
    source = tmp_path_factory.mktemp("source") / "project"
    known = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in known.stdout.decode().split("\0"):
        if name and not name.startswith("tests/") and (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", source / "dist", source]
    subprocess.run(command, check=True, capture_output=True)
    return source / "dist"


@pytest.fixture(scope="module")
def wheel(built):
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory, wheel):
    """The bin folder of an environment with this wheel and NumPy, and nothing else."""
    folder = tmp_path_factory.mktemp("empty") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    for part in SITE.glob("numpy*"):
        (packages / part.name).symlink_to(part)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin/python", "install", "--quiet"]
    subprocess.run([*pip, "--no-index", "--disable-pip-version-check", wheel], check=True)
    return folder / "bin"


def run(installed, *words, **more):
    command = [installed / words[0], *words[1:]]
    return subprocess.run(command, capture_output=True, text=True, cwd=installed, **more)


def test_an_index_would_take_both(built):
    twine = [sys.executable, "-m", "twine", "check", "--strict", *built.iterdir()]
    found = subprocess.run(twine, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


def test_the_wheel_is_small_and_has_one_name_at_the_top(wheel):
    assert wheel.stat().st_size < MEGABYTES * 1_000_000
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"backprop"}
    assert not [name for name in names if name.endswith(".gz")]
    for name in ("py.typed", "web/site/templates/base.html", "web/site/static/css/base.css"):
        assert f"backprop/{name}" in names


def test_the_source_has_what_the_wheel_is_built_from(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as file:
        inside = {name.partition("/")[2] for name in file.getnames()}
    wanted = {"app.py", "setup.py", "gunicorn.conf.py", "templates/base.html", "requirements.txt"}
    assert wanted <= inside


def test_with_numpy_alone_the_library_and_its_command_work(installed):
    code = "import backprop; print(backprop.gradient(backprop.parse('x*y'), {'x': 2, 'y': 3}))"
    assert run(installed, "python", "-c", code).stdout.startswith("(6")
    shown = run(installed, "backprop", "(x + y) * z", "x=-2", "y=5", "z=-4")
    assert shown.returncode == 0
    assert "v2  = v1 * z  = 3 * -4  = -12" in shown.stdout


def test_without_what_the_app_needs_serving_says_how_to_install_it(installed):
    refused = run(installed, "backprop", "serve")
    assert refused.returncode == 2
    assert "flask" in refused.stderr
    assert "pip install 'backprop-slowly[app]'" in refused.stderr


def test_the_whole_app_comes_out_of_the_wheel(installed, tmp_path):
    port = free_port()
    said = {"PORT": str(port), "XDG_DATA_HOME": str(tmp_path), "PYTHONPATH": str(SITE)}
    with subprocess.Popen(
        [installed / "backprop", "serve"],
        cwd=tmp_path,
        env=os.environ | said,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert f":{port}" in server.stdout.readline()
            pages = {
                path: fetch(port, path) for path in ("/", "/lessons/network", "/arrays", "/train")
            }
            assert all("</html>" in page for page in pages.values())
            style = re.search(r'href="(/assets/[^"]+base\.css)"', pages["/"])
            script = re.search(
                r'data-cartesian="([^"]+)"', pages["/train"]
            )  # is packed in the wheel
            assert "--ink" in fetch(port, style[1])
            assert "plotly.js" in fetch(port, script[1])
        finally:
            server.terminate()


def fetch(port, path):
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return answer.read().decode()
