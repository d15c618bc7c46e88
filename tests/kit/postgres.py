"""A PostgreSQL of the tests' own: a temporary cluster on a socket, which ends with them.

`python -m tests.kit.postgres` prints the folder of the server's programs, or says that there is
none; scripts/postgres.sh asks it, so that both look in the same places.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.kit.processes import frozen

PLACES = (  # newest version last
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Fedora and its kin, by PostgreSQL's own packages
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
PROGRAMS = ("initdb", "pg_ctl", "postgres")
MISSING = "No PostgreSQL server: the store is tested on SQLite alone. Install postgresql."
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # a killed server loses nothing by it; only a machine's end would
    "shared_buffers": "16MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "32MB",
    "max_wal_size": "64MB",
    "autovacuum": "off",
}
CLEAR = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    "DROP SCHEMA public CASCADE",
    "CREATE SCHEMA public",
)
# Whatever ends the tests closes this shell's input; then the cluster goes.
KEEPER = 'cat; "$0" stop --pgdata="$1/data" --mode=immediate >"$1/end" 2>&1; rm -rf "$1"'


def find_programs() -> Path | None:
    """Return the folder that has the programs of a server, if there is one."""
    on_path = shutil.which("postgres")
    config = shutil.which("pg_config")
    folders = [Path(on_path).resolve().parent] if on_path else []
    if config:
        asked = subprocess.run([config, "--bindir"], capture_output=True, text=True)
        folders.append(Path(asked.stdout.strip()))
    for place in PLACES:
        folders += sorted(Path("/").glob(place[1:]), key=_version, reverse=True)
    return next((folder for folder in folders if _has_programs(folder)), None)


def _version(folder: Path) -> tuple[int, ...]:
    digits = "".join(letter if letter.isdigit() else " " for letter in str(folder))
    return tuple(map(int, digits.split()))


def _has_programs(folder: Path) -> bool:
    return all(shutil.which(name, path=str(folder)) for name in PROGRAMS)


def _unprivileged() -> dict[str, Any]:
    """Return as whom a server runs: its programs refuse to run as root."""
    if os.geteuid() != 0:
        return {}
    import pwd  # here, for Windows has none

    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


class Cluster:
    """A cluster in a temporary folder; its server listens on a socket there.

    Args:
        programs: the folder of the server's programs.
    """

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self._who = _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="backprop-pg-"))  # a socket's path is short
        if self._who:
            os.chown(self.folder, self._who["user"], self._who["group"])
        self.folder.chmod(0o711)
        self._keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, str(programs / "pg_ctl"), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            start_new_session=True,
            **self._who,
        )
        self._run("initdb", "--no-sync", "--auth=trust", "--username=postgres", "--locale=C",
                  "--encoding=UTF8")  # fmt: skip

    def close(self) -> None:
        """Stop the server, and remove the folder."""
        self._keeper.communicate()

    def start(self, **settings: object) -> None:
        """Start the server, and return when it answers.

        Args:
            settings: of postgresql.conf, beside those of all tests.
        """
        said = {"unix_socket_directories": str(self.folder), **SETTINGS, **settings}
        options = " ".join(f"-c {name}='{value}'" for name, value in said.items())
        log = self.folder / "log"
        self._run("pg_ctl", "start", "--wait", f"--log={log}", f"--options={options}")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: “fast” ends what runs, “immediate” is a crash."""
        self._run("pg_ctl", "stop", "--wait", f"--mode={mode}")

    @contextmanager
    def stopped(self, mode: str = "fast") -> Iterator[None]:
        """Have no server for a while."""
        self.stop(mode)
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Have a server for a while that takes what is sent, and does not answer."""
        first = (self.folder / "data" / "postmaster.pid").read_text("utf-8").split()[0]
        with frozen(int(first)):
            yield

    @property
    def owner(self) -> int:
        """The user as whom the server runs."""
        return int(self._who.get("user", os.geteuid()))

    @property
    def url(self) -> str:
        """The address of the database, as SQLAlchemy spells it."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def clear(self) -> None:
        """Empty the database, and end whatever a test has left at work in it.

        A database of its own for every test would cost six times as much.
        """
        self.execute(*CLEAR)

    def execute(self, *statements: str) -> None:
        """Execute statements, each a transaction of its own."""
        import psycopg  # here, for the programs are looked for before it is installed

        where = {"host": str(self.folder), "user": "postgres", "dbname": "postgres"}
        with psycopg.connect(**where, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of the programs on the cluster; what it says stands in the error."""
        command = [self.programs / program, f"--pgdata={self.folder / 'data'}", *arguments]
        heard = self.folder / "heard"  # a file, for the server would hold a pipe open
        with heard.open("wb") as words:
            done = subprocess.run(command, stdout=words, stderr=words, cwd=self.folder, **self._who)
        assert done.returncode == 0, f"{program}: {heard.read_text('utf-8', 'replace')}"


if __name__ == "__main__":
    found = find_programs()
    print(found or MISSING)
    sys.exit(found is None)
