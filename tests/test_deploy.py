"""The files for who operates it are well formed, name what is there, and their commands run."""

import json
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from backprop.web.settings import SETTINGS
from tests.kit.server import Server

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
UNITS = sorted(DEPLOY.glob("backprop*.*"))
NAMES = {each.name for each in SETTINGS}
NOT_OURS = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}  # Python's and the system's
SHORT_NAME = re.compile(r"[a-z][a-z0-9-]*(:[\w.${}-]+)?")  # of an image, without a registry


def instructions(word):
    """Return what follows a word of the Containerfile, each time that it stands there."""
    whole = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", CONTAINERFILE, flags=re.MULTILINE))
    return re.findall(rf"^{word} (.*)$", whole, re.MULTILINE)


def run(program, *arguments, **options):
    """Run a program; skip the test where this machine has none of the name."""
    found = shutil.which(program, path=f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/bin")
    if found is None:
        pytest.skip(f"There is no {program} here.")
    return subprocess.run([found, *arguments], capture_output=True, text=True, **options)


def test_the_containerfile_is_as_its_linter_wants_it():
    linted = run("hadolint", "Containerfile", cwd=ROOT)
    assert linted.returncode == 0, linted.stdout


def test_images_have_short_names():
    built = [each.split()[0] for each in instructions("FROM")]
    for name in (*built, *(each["image"] for each in COMPOSE["services"].values())):
        assert SHORT_NAME.fullmatch(name), name


def test_what_is_copied_is_there_and_not_ignored():
    lines = (ROOT / ".containerignore").read_text("utf-8").splitlines()
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}
    copied = [each.split() for each in instructions("COPY") if not each.startswith("--from")]
    for source in (name for *sources, _ in copied for name in sources):
        assert (ROOT / source).exists(), source
        assert any(fnmatch(source, name) for name in let_in), source
    assert {name for *sources, _ in copied for name in sources} == let_in


def test_the_image_runs_as_nobody_and_has_all_that_the_application_imports():
    assert instructions("USER") == ["10001"]
    assert "--uid 10001" in instructions("RUN")[1]
    pinned = re.search(r'"(psycopg\[binary\]==[\d.]+)"', CONTAINERFILE)[1]
    assert pinned in (ROOT / "requirements-postgres.txt").read_text("utf-8")


def test_its_command_answers_and_its_health_is_told(tmp_path):
    command, (health,) = json.loads(instructions("CMD")[0]), instructions("HEALTHCHECK")
    program, *check = json.loads(health.partition("CMD ")[2])
    assert (command[0], program) == ("gunicorn", "python")
    said = {"DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite'}", "WEB_CONCURRENCY": "1"}

    def is_healthy(server):
        ended = subprocess.run(
            [sys.executable, *check], env=server.environment, capture_output=True
        )
        assert not ended.stdout
        return ended.returncode == 0

    with Server(*command[1:], **said) as server:
        assert is_healthy(server)
    assert not is_healthy(server)


def test_compose_is_of_its_schema():
    checked = run(
        "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml", cwd=ROOT
    )
    assert checked.returncode == 0, checked.stdout


def test_what_is_set_for_the_application_are_settings():
    service = COMPOSE["services"]["application-1"]
    assert service == COMPOSE["services"]["application-2"]
    in_image = {word.partition("=")[0] for each in instructions("ENV") for word in each.split()}
    in_units = re.findall(
        r"^Environment=(\w+)=", "\n".join(map(Path.read_text, UNITS)), re.MULTILINE
    )
    assert {*service["environment"], *in_image, *in_units} - NOT_OURS <= NAMES


def test_a_database_is_named_as_it_is_called():
    environment = COMPOSE["services"]["application-1"]["environment"]
    database = COMPOSE["services"]["database"]["environment"]
    url = "postgresql://{POSTGRES_USER}:{POSTGRES_PASSWORD}@database/{POSTGRES_DB}"
    assert environment["DATABASE_URL"] == url.format_map(database)


def test_the_proxy_asks_each_application_where_it_listens():
    proxy, port = COMPOSE["services"]["proxy"], instructions("EXPOSE")[0]
    applications = [name for name in COMPOSE["services"] if name.startswith("application")]
    assert proxy["environment"]["UPSTREAMS"] == " ".join(f"{name}:{port}" for name in applications)
    assert {*proxy["depends_on"]} == {*applications}
    assert not any("ports" in COMPOSE["services"][name] for name in (*applications, "database"))


@pytest.mark.parametrize("site", [":80", "lessons.example.org"])
def test_caddy_takes_its_file(site, tmp_path):
    environment = {"SITE": site, "UPSTREAMS": "one:8000 two:8000", "HOME": str(tmp_path)}
    options = ("--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile"))
    taken = run("caddy", "validate", *options, env=environment)
    assert taken.returncode == 0, taken.stderr


def test_nginx_takes_its_file(tmp_path):
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; "
        f"include {DEPLOY}/nginx.conf; }}"
    )
    taken = run("nginx", "-t", "-c", str(whole), "-p", str(tmp_path))
    assert taken.returncode == 0, taken.stderr


@pytest.mark.parametrize("proxy", ["Caddyfile", "nginx.conf"])
def test_a_proxy_passes_streams_on_as_they_come_and_takes_what_the_application_takes(proxy):
    text = (DEPLOY / proxy).read_text("utf-8")
    assert "flush_interval -1" in text or "proxy_buffering off" in text
    assert re.search(r"(max_size|client_max_body_size) 1200k", text, re.IGNORECASE)


def test_systemd_takes_its_units(tmp_path):
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/backprop", str(ROOT))
        (tmp_path / unit.name).write_text(text, "utf-8")
    taken = run("systemd-analyze", "verify", "--man=no", *map(str, tmp_path.iterdir()))
    assert (taken.returncode, taken.stderr) == (0, "")


def test_the_backup_of_the_timer_is_made(tmp_path):
    unit = (DEPLOY / "backprop-backup.service").read_text("utf-8")
    line = re.search(r"^ExecStart=/bin/sh -c '(.*)'$", unit, re.MULTILINE)[1].replace("%%", "%")
    line = line.replace("/opt/backprop/.venv/bin", str(Path(sys.executable).parent))
    line = line.replace("/var/lib/backprop-backups", str(tmp_path))
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path / 'store'}", "PATH": "/usr/bin:/bin"}
    made = subprocess.run(["/bin/sh", "-c", line], cwd=ROOT, env=environment, capture_output=True)
    assert made.returncode == 0, made.stderr
    assert len([*tmp_path.glob("20*.sqlite")]) == 1
