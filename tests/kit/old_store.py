"""A store as the first version left it: before leases, and before its schema had versions."""

from collections.abc import Mapping

import sqlalchemy as sql

from backprop.sharing.snapshot import address_of

TABLES = sql.MetaData()
SNAPSHOTS = sql.Table(
    "snapshots",
    TABLES,
    sql.Column("address", sql.String(64), primary_key=True),
    sql.Column("size", sql.Integer, nullable=False),
    sql.Column("kept", sql.Boolean, nullable=False),
    sql.Column("used", sql.Double, nullable=False),  # seconds since 1970
    sql.Column("claims", sql.Integer, nullable=False, server_default="1"),
    sql.Column("body", sql.LargeBinary, nullable=False),
)
OLDEST_FIRST = sql.Index(
    "snapshots_oldest_first", SNAPSHOTS.c.kept, SNAPSHOTS.c.used, SNAPSHOTS.c.address
)
USAGE = sql.Table(
    "snapshot_usage",
    TABLES,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("total", sql.BigInteger, nullable=False),
    sql.Column("kept", sql.BigInteger, nullable=False),
)


def make_old_store(url: str, bodies: Mapping[bytes, bool]) -> None:
    """Make a store of the first version in an empty database.

    Args:
        url: of the database.
        bodies: what stands there, the oldest first, and whether somebody kept it.
    """
    engine = sql.create_engine(url)
    TABLES.create_all(engine)
    rows = [
        {
            "address": address_of(body),
            "size": len(body),
            "kept": kept,
            "used": float(number),
            "body": body,
        }
        for number, (body, kept) in enumerate(bodies.items())
    ]
    kept = sum(row["size"] for row in rows if row["kept"])
    total = sum(row["size"] for row in rows)
    with engine.begin() as connection:
        connection.execute(sql.insert(SNAPSHOTS), rows)
        connection.execute(sql.insert(USAGE).values(id=1, total=total, kept=kept))
    engine.dispose()
