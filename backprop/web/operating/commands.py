"""Commands for who runs the server: `flask --app app prune`, `store` and `settings`."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from backprop.engine.errors import InputError
from backprop.sharing.backup import back_up
from backprop.sharing.backup import restore as put_back
from backprop.sharing.errors import StoreAway
from backprop.sharing.leases import KINDS, Holding
from backprop.web.keeping.stored import open_store
from backprop.web.settings import SETTINGS

MEANINGS = {
    "run": "states that nobody opened",
    "upload": "tables and gradients that somebody brought",
    "kept": "states that were opened, linked or printed",
}
UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
NEW_FILE = click.argument("file", type=click.Path(path_type=Path))


class Plain(click.Command):
    """A command whose errors are sentences."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; say what is wrong, and what would be right, without a traceback."""
        try:
            return super().invoke(ctx)
        except StoreAway as error:  # its hint is for who looks at a page
            raise click.ClickException(error.in_full) from error
        except InputError as error:
            raise click.ClickException(str(error)) from error


class PlainGroup(Plain, AppGroup):
    """Commands whose errors are sentences."""


def snapshot_address(text: str) -> str:
    """Return the address of a snapshot: its 64 digits, which may stand in a link."""
    found = re.search("(?:^|from=)([0-9a-f]{64})(?![0-9a-f])", text)
    if found is None:
        raise click.BadParameter(f"“{text:.80}” is no address of 64 digits, and no link with one.")
    return found[1]


@click.command("prune", cls=Plain)
@click.option("--limit", type=click.IntRange(min=0), help="Bytes that may stay; else STORE_LIMIT.")
@with_appcontext
def prune(limit: int | None) -> None:
    """Delete what no lease protects until the rest fits, and give the disk back what is free."""
    click.echo(f"{_snapshots(open_store().prune(limit))} deleted.")


@click.command("settings", cls=Plain)
@with_appcontext
def settings() -> None:
    """List what may be set: its value in force, where that comes from, and what it is."""
    said = current_app.extensions["said"]
    for each in SETTINGS:
        click.echo(f"{each.name} = {each.spelled(current_app.config[each.name])}")
        click.echo(f"    {said[each.name]}; {each.meaning}")


@click.group("store", cls=PlainGroup, invoke_without_command=True)
@click.pass_context
@with_appcontext
def store(context: click.Context) -> None:
    """Show how much the store holds of each kind, and how much room is left."""
    if context.invoked_subcommand:
        return
    sizes = open_store().sizes()
    rows = [(kind, sizes[kind], f"  {MEANINGS[kind]}") for kind in KINDS]
    rows.append(("all", Holding(*map(sum, zip(*sizes.values(), strict=True))), ""))
    click.echo("kind    snapshots        size        room        free")
    for name, holding, meaning in rows:
        free = max(holding.share - holding.size, 0)
        sizes_of = "".join(f"{_spelled(size):>12}" for size in (holding.size, holding.share, free))
        click.echo(f"{name:6}{holding.bodies:11,}{sizes_of}{meaning}")


@store.command("list")
@click.option("--kind", type=click.Choice(KINDS), help="Only these; else all.")
@click.option("--count", type=click.IntRange(min=1), default=20, show_default=True)
def list_snapshots(kind: str | None, count: int) -> None:
    """List snapshots, the last needed first: address, kind, size, and until when each stays."""
    here = open_store()
    for lease in here.list(kind or "", count):
        ended = lease.until < here.clock()
        until = "while there is room" if ended else f"until {_time(lease.until)}"
        click.echo(f"{lease.address}  {lease.kind:6}{_spelled(lease.size):>12}  {until}")


@store.command("unkeep")
@click.argument("address", type=snapshot_address)
def unkeep(address: str) -> None:
    """End the lease of a snapshot: it goes when its room is needed."""
    open_store().unkeep(address)
    click.echo("Its lease has ended. It goes when its room is needed, or by “prune --limit”.")


@store.command("delete")
@click.argument("addresses", metavar="ADDRESS...", type=snapshot_address, nargs=-1, required=True)
def delete(addresses: tuple[str, ...]) -> None:
    """Delete snapshots at once, whatever was promised."""
    wanted = set(addresses)
    count = open_store().remove(wanted)
    missing = len(wanted) - count
    click.echo(f"{_snapshots(count)} deleted." + f" {missing} not found." * (missing > 0))


@store.command("backup")
@NEW_FILE
def backup(file: Path) -> None:
    """Write the whole store into a new file, while the server runs."""
    count = back_up(open_store().database, file)
    click.echo(f"{_snapshots(count)} written to {file} ({_spelled(file.stat().st_size)}).")


@store.command("restore")
@NEW_FILE
def restore(file: Path) -> None:
    """Put back what a backup holds; what stands in the store stays."""
    new, old = put_back(open_store().database, file)
    click.echo(f"{_snapshots(new)} put back; {old} stood already.")


def _snapshots(count: int) -> str:
    return f"{count:,} snapshot{'s' * (count != 1)}"


def _spelled(size: float) -> str:
    """Return a number of bytes as people read it."""
    unit = 0
    while size >= 1024 and unit < len(UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.1f} {UNITS[unit]}" if unit else f"{size} B"


def _time(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
