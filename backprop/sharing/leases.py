"""Leases, claims and the ledger: what a transaction reads and changes of them.

Each function takes the connection of a transaction; those that change something, one that has its
turn. A clock's time is whole seconds since 1970.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sql

RUN, UPLOAD, KEPT = KINDS = ("run", "upload", "kept")
SHARES = {RUN: 4, UPLOAD: 4, KEPT: 2}  # a kind may fill the limit divided by this
QUOTAS = {RUN: 8, UPLOAD: 32}  # and a browser of what it put, of what it brought
BATCH = 200  # bodies deleted in one transaction: no writer waits long for another

BODIES = sql.table("bodies", sql.column("address"), sql.column("body", sql.LargeBinary))
LEASES = sql.table("leases", *map(sql.column, ("address", "kind", "size", "until", "turn")))
CLAIMS = sql.table("claims", *map(sql.column, ("owner", "address", "kind", "size")))
LEDGER = sql.table("ledger", *map(sql.column, ("turn", *KINDS)))
UNCLAIMED = ~sql.exists().where(CLAIMS.c.address == LEASES.c.address)

Condition = sql.ColumnElement[bool]


class Lease(NamedTuple):
    """What is promised of a body."""

    address: str
    kind: str
    size: int  # bytes
    until: int  # seconds since 1970


class Holding(NamedTuple):
    """How much there is of a kind, and how much there may be."""

    bodies: int
    size: int  # bytes
    share: int  # bytes


def take_turn(connection: sql.Connection) -> Mapping[str, int]:
    """Wait until no other writes; return the number of this turn, and the sums at its start."""
    turn = sql.update(LEDGER).values(turn=LEDGER.c.turn + 1).returning(*LEDGER.c)
    return connection.execute(turn).one()._asdict()


def add_to_ledger(connection: sql.Connection, **sizes: int) -> None:
    """Add so many bytes to the sums of kinds."""
    changes: dict[str, Any] = {kind: LEDGER.c[kind] + size for kind, size in sizes.items() if size}
    if changes:
        connection.execute(sql.update(LEDGER).values(changes))


def insert(connection: sql.Connection, bodies: Mapping[Lease, bytes], turn: int) -> None:
    """Store bodies, each under its lease."""
    if not bodies:
        return
    rows = [{"address": lease.address, "body": body} for lease, body in bodies.items()]
    connection.execute(sql.insert(BODIES), rows)
    connection.execute(sql.insert(LEASES), [{**each._asdict(), "turn": turn} for each in bodies])
    sizes = {kind: sum(each.size for each in bodies if each.kind == kind) for kind in KINDS}
    add_to_ledger(connection, **sizes)


def drop(connection: sql.Connection, which: Condition) -> int:
    """Delete the bodies of whose leases this is true, and all that is known of them."""
    gone = sql.delete(LEASES).where(which).returning(*LEASES.c["address", "kind", "size"])
    rows = connection.execute(gone).all()
    addresses = [row.address for row in rows]
    if addresses:
        connection.execute(sql.delete(BODIES).where(BODIES.c.address.in_(addresses)))
        connection.execute(sql.delete(CLAIMS).where(CLAIMS.c.address.in_(addresses)))
    freed = {kind: -sum(row.size for row in rows if row.kind == kind) for kind in KINDS}
    add_to_ledger(connection, **freed)
    return len(rows)


def drop_ended(connection: sql.Connection, now: int, excess: int, kinds: Iterable[str]) -> int:
    """Delete what no lease protects, the oldest first, at most a batch; return how many.

    Args:
        connection: of a transaction that has its turn.
        now: what ended before is not protected.
        excess: how many bytes should go.
        kinds: of which.
    """
    ended = LEASES.c.kind.in_(tuple(kinds)) & (LEASES.c.until < now)
    oldest = sql.select(LEASES.c.address, LEASES.c.size).where(ended)
    oldest = oldest.order_by(LEASES.c.turn, LEASES.c.address).limit(BATCH)
    addresses, freed = [], 0
    for address, size in connection.execute(oldest).all():
        if freed >= excess:
            break
        addresses.append(address)
        freed += size
    return drop(connection, LEASES.c.address.in_(addresses))


def claim(connection: sql.Connection, owner: str, leases: Iterable[Lease]) -> None:
    """Note that a browser put these or brought them."""
    rows = [
        {"owner": owner, "address": each.address, "kind": each.kind, "size": each.size}
        for each in leases
    ]
    if rows:
        connection.execute(sql.insert(CLAIMS), rows)


def claimed(connection: sql.Connection, owner: str, addresses: Iterable[str]) -> set[str]:
    """Return which of these a browser claims."""
    mine = (CLAIMS.c.owner == owner) & CLAIMS.c.address.in_(tuple(addresses))
    return set(connection.scalars(sql.select(CLAIMS.c.address).where(mine)))


def unclaim(connection: sql.Connection, which: Condition) -> tuple[str, ...]:
    """Take back the claims of which this is true; return the addresses."""
    taken = sql.delete(CLAIMS).where(which).returning(CLAIMS.c.address)
    return tuple(connection.scalars(taken))


def unclaim_ended(connection: sql.Connection, now: int, owner: str, kind: str) -> int:
    """Take back a browser's claims to what no lease protects; return how many."""
    ended = sql.select(LEASES.c.address).where(LEASES.c.until < now)
    mine = (CLAIMS.c.owner == owner) & (CLAIMS.c.kind == kind)
    return len(unclaim(connection, mine & CLAIMS.c.address.in_(ended)))


def holdings(connection: sql.Connection, owner: str, limit: int) -> Mapping[str, Holding]:
    """Return what a browser claims of each kind; it may as much as its part of a store's limit."""
    query = (
        sql.select(CLAIMS.c.kind, sql.func.count(), sql.func.sum(CLAIMS.c.size))
        .where(CLAIMS.c.owner == owner)
        .group_by(CLAIMS.c.kind)
    )
    rows = {kind: (count, int(size)) for kind, count, size in connection.execute(query)}
    return {kind: Holding(*rows.get(kind, (0, 0)), limit // part) for kind, part in QUOTAS.items()}
