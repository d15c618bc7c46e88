import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.cli import cli

from app import create_app
from backprop.sharing import store
from backprop.web.settings import SETTINGS, SettingError, read_settings, workers_by_cores
from tests.kit.server import GUNICORN, free_port

ROOT = Path(__file__).parents[2]
each_setting = pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)


def test_what_is_not_said_has_its_default():
    defaults = {each.name: each.default for each in SETTINGS}
    assert read_settings({}) == read_settings(dict.fromkeys(defaults, "")) == defaults
    assert (defaults["STORE_LIMIT"], defaults["LEASE_DAYS"]) == (
        store.STORE_LIMIT,
        store.LEASE_DAYS,
    )


@each_setting
def test_the_readme_says_what_may_be_set(setting):
    assert setting.row in (ROOT / "README.md").read_text("utf-8").splitlines()


def test_the_readme_says_nothing_else_that_may_be_set():
    text = (ROOT / "README.md").read_text("utf-8").partition("## Settings")[2].partition("## ")[0]
    assert re.findall("^[|] `(.*?)`", text, re.MULTILINE) == [each.name for each in SETTINGS]


@each_setting
def test_an_example_of_a_setting_can_be_used(setting, monkeypatch):
    monkeypatch.setattr("backprop.web.settings.find_spec", lambda _: True)
    assert setting.value_of(setting.example) is not None


@each_setting
def test_a_default_can_be_said(setting):
    if not setting.in_words:
        word = setting.show(setting.default)
        assert setting.value_of(word) == setting.default


@each_setting
def test_nonsense_is_refused_in_a_sentence_that_names_the_setting(setting):
    with pytest.raises(SettingError, match=f"^{setting.name} .*;.*{re.escape(setting.wanted[:9])}"):
        setting.value_of("?!")


@pytest.mark.parametrize("word", ["abc", "0", "-5", "1.5", "1_000", "1e9", "٣", "9" * 30, "1 GiB"])
def test_a_limit_that_is_no_number_of_bytes_is_refused_in_a_sentence(word):
    with pytest.raises(SettingError) as caught:
        read_settings({"STORE_LIMIT": word})
    assert str(caught.value).startswith(f"STORE_LIMIT is “{word}”; it must be a whole number")


def test_a_limit_may_be_a_number_or_its_text():
    assert read_settings({"STORE_LIMIT": " 0500 "})["STORE_LIMIT"] == 500
    assert read_settings({"STORE_LIMIT": 10})["STORE_LIMIT"] == 10


@pytest.mark.parametrize(
    "address",
    [
        "snapshots.sqlite",
        "sqlite:snapshots",
        "sqlite://snapshots.sqlite",
        "postgres://u:secret@host/name",
        "mysql://u:secret@host/name",
        "postgresql://u:secret@host:port/name",
        "postgresql://u:secret@[host/name",
        "sqlite:///secret.sqlite?timeout=abc",
        "sqlite:///secret\n.sqlite",
    ],
)
def test_a_database_that_cannot_be_one_is_refused_without_its_password(address):
    with pytest.raises(SettingError) as caught:
        read_settings({"DATABASE_URL": address})
    assert str(caught.value).startswith("DATABASE_URL ")
    assert "secret" not in str(caught.value)


def test_a_driver_that_is_missing_is_named_with_how_to_get_it(monkeypatch):
    monkeypatch.setattr("backprop.web.settings.find_spec", lambda _: None)
    with pytest.raises(SettingError, match=r'-m pip install "psycopg\[binary\]"$'):
        read_settings({"DATABASE_URL": "postgresql://host/name"})


def test_the_settings_are_listed_with_their_source_and_without_a_password(make, monkeypatch):
    monkeypatch.setenv("LEASE_DAYS", "60")
    app = make(DATABASE_URL="postgresql://anna:se:c@ret@host/name?password=secret&sslmode=require")
    listed = app.test_cli_runner().invoke(args=["settings"]).output
    assert (
        "DATABASE_URL = postgresql://anna:***@host/name?password=…&sslmode=…\n    program;"
        in listed
    )
    assert "LEASE_DAYS = 60 days\n    environment; for how long" in listed
    assert "PORT = 8000\n    default; " in listed
    assert not re.search("se:c|ret@|secret", listed)


def test_a_program_is_refused_what_the_environment_is_refused():
    with pytest.raises(SettingError):
        create_app({"DATABASE_URL": "sqlite://", "STORE_LIMIT": 0})


def test_a_wrong_setting_ends_the_start_of_a_server_with_one_sentence():
    said = {"STORE_LIMIT": "abc", "PORT": "1", "HOST": "127.0.0.1"}
    ended = subprocess.run(
        [Path(sys.executable).with_name("gunicorn"), "app:create_app()"],
        cwd=ROOT,
        env=os.environ | said,
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("STORE_LIMIT is “abc”")
    assert ended.stderr.count("\n") == 1


ENDING = """
import os
print(os.path.isdir(folder := os.environ["PROMETHEUS_MULTIPROC_DIR"]), folder, flush=True)
os.kill(os.getpid(), {number})
raise SystemExit("It went on.")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_that_is_stopped_while_it_loads_says_nothing_and_leaves_nothing(tmp_path, number):
    (tmp_path / "ending.py").write_text(ENDING.format(number=int(number)), "utf-8")
    said = {"PORT": str(free_port()), "METRICS": "1", "PYTHONPATH": str(tmp_path)}
    said |= {"DATABASE_URL": f"sqlite:///{tmp_path / 'store'}", "HOST": "127.0.0.1"}
    ended = subprocess.run(
        [GUNICORN, "ending:application"],
        cwd=ROOT,
        env=os.environ | said,
        capture_output=True,
        text=True,
    )
    was_there, folder = ended.stdout.split()
    assert (was_there, ended.returncode, ended.stderr) == ("True", -number, "")
    assert not Path(folder).exists()


def test_a_wrong_setting_ends_a_command_with_one_sentence(monkeypatch):
    monkeypatch.setenv("STORE_LIMIT", "abc")
    for command in (["routes"], ["--help"], ["prune"]):
        ended = CliRunner().invoke(cli, ["--app", "app", *command])
        assert ended.exit_code == 1
        assert ended.output.startswith("STORE_LIMIT is “abc”")
        assert ended.output.count("\n") == 1


def test_the_number_of_processes_is_refused_in_a_sentence_before_gunicorn_reads_it():
    command = [sys.executable, ROOT / "backprop" / "web" / "settings.py"]
    said = os.environ | {"WEB_CONCURRENCY": "two"}
    ended = subprocess.run(command, env=said, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("WEB_CONCURRENCY is “two”; it must be a number from 1 to 64")
    make = (ROOT / "Makefile").read_text("utf-8").partition("\nrun:")[2].partition("\n\n")[0]
    assert make.index("backprop/web/settings.py") < make.index("gunicorn 'app:create_app()'")


def test_there_are_as_many_processes_as_cores_but_two_at_least(monkeypatch):
    for cores, workers in ((None, 2), (1, 2), (4, 4), (128, 8)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert workers_by_cores() == workers
