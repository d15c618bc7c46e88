"""Snapshots, as they stood before the schema had versions; what stands already is left."""

import sqlalchemy as sql
from alembic import op

revision, down_revision = "0001", None


def upgrade() -> None:
    """Create what is missing."""
    inspector = sql.inspect(op.get_bind())
    if not inspector.has_table("snapshots"):
        op.create_table(
            "snapshots",
            sql.Column("address", sql.String(64), primary_key=True),
            sql.Column("size", sql.Integer, nullable=False),
            sql.Column("kept", sql.Boolean, nullable=False),
            sql.Column("used", sql.Double, nullable=False),
            sql.Column("body", sql.LargeBinary, nullable=False),
        )
