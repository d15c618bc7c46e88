"""Leases, kinds, owners and an order; bodies stand apart, so that a renewal does not rewrite them.

What was kept stays a year. What nobody kept stays an hour. What was brought before has no owner:
no browser can delete it, only who operates the server.
"""

import time

import sqlalchemy as sql
from alembic import op

revision, down_revision = "0002", "0001"

AN_HOUR, A_YEAR = 3_600, 31_536_000  # seconds
BROUGHT = (
    '{"gradient":%',
    '{"columns":%',
    '{"header":%',
)  # how the bodies begin that somebody brought


def upgrade() -> None:
    """Create the tables of today, and fill them from those before."""
    bodies = op.create_table(
        "bodies",
        sql.Column("address", sql.String(64), primary_key=True),
        sql.Column("body", sql.LargeBinary, nullable=False),
    )
    leases = op.create_table(
        "leases",
        sql.Column("address", sql.String(64), primary_key=True),
        sql.Column("kind", sql.String(8), nullable=False),
        sql.Column("size", sql.Integer, nullable=False),
        sql.Column("until", sql.BigInteger, nullable=False),
        sql.Column("turn", sql.BigInteger, nullable=False),
    )
    op.create_index("leases_oldest_first", "leases", ["kind", "turn", "until", "size"])
    op.create_table(
        "claims",
        sql.Column("owner", sql.String(32), primary_key=True),
        sql.Column("address", sql.String(64), primary_key=True),
        sql.Column("kind", sql.String(8), nullable=False),
        sql.Column("size", sql.Integer, nullable=False),
    )
    op.create_index("claims_of_a_body", "claims", ["address"])
    op.create_index("claims_of_an_owner", "claims", ["owner", "kind", "size"])
    ledger = op.create_table(
        "ledger",
        sql.Column("id", sql.Integer, primary_key=True),
        sql.Column("turn", sql.BigInteger, nullable=False),
        sql.Column("run", sql.BigInteger, nullable=False),
        sql.Column("upload", sql.BigInteger, nullable=False),
        sql.Column("kept", sql.BigInteger, nullable=False),
    )
    _take_over(bodies, leases, ledger)
    op.drop_table("snapshots")
    if sql.inspect(op.get_bind()).has_table("snapshot_usage"):
        op.drop_table("snapshot_usage")


def _take_over(bodies: sql.Table, leases: sql.Table, ledger: sql.Table) -> None:
    """Fill the new tables."""
    old = sql.table("snapshots", *map(sql.column, ("address", "size", "kept", "used", "body")))
    connection, now = op.get_bind(), int(time.time())
    copied = sql.select(old.c.address, old.c.body)
    connection.execute(sql.insert(bodies).from_select(["address", "body"], copied))
    begins = sql.func.substr(old.c.body, 1, 16)
    brought = sql.or_(*(sql.cast(begins, sql.Text).like(each) for each in BROUGHT))
    if connection.dialect.name == "postgresql":
        text = sql.func.convert_from(begins, "LATIN1")
        brought = sql.or_(*(text.like(each) for each in BROUGHT))
    rows = sql.select(
        old.c.address,
        sql.case((brought, "upload"), (old.c.kept, "kept"), else_="run"),
        old.c.size,
        sql.case((old.c.kept, now + A_YEAR), else_=now + AN_HOUR),
        sql.func.row_number().over(order_by=(old.c.used, old.c.address)),
    )
    names = ["address", "kind", "size", "until", "turn"]
    connection.execute(sql.insert(leases).from_select(names, rows))
    sums = {
        kind: sql.func.coalesce(sql.func.sum(leases.c.size).filter(leases.c.kind == kind), 0)
        for kind in ("run", "upload", "kept")
    }
    first = sql.select(sql.literal(1), sql.func.count(), *sums.values()).select_from(leases)
    connection.execute(sql.insert(ledger).from_select(["id", "turn", *sums], first))
