"""Commands for who runs the server: `flask --app app prune`."""

import click
from flask.cli import with_appcontext

from backprop.web.stored import open_store


@click.command("prune")
@click.option("--limit", type=click.IntRange(min=0), help="Bytes that may stay; else STORE_LIMIT.")
@with_appcontext
def prune(limit: int | None) -> None:
    """Delete the oldest snapshots that nobody kept, until the rest fits the limit."""
    click.echo(f"{open_store().prune(limit)} snapshots deleted.")
