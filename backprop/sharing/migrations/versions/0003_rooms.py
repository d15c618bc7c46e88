"""Rooms: a lecture's scenes, what it asks, and the answers, all of it under the room's code."""

import sqlalchemy as sql
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    """Create the tables of rooms."""
    op.create_table(
        "rooms",
        sql.Column("code", sql.String(6), primary_key=True),
        sql.Column("teacher", sql.String(64), nullable=False),
        sql.Column("ends", sql.BigInteger, nullable=False),
        sql.Column("version", sql.BigInteger, nullable=False),
        sql.Column("stage", sql.BigInteger, nullable=False),
        sql.Column("scene", sql.Integer, nullable=False),
        sql.Column("address", sql.Text, nullable=False),
        sql.Column("follow", sql.Boolean, nullable=False),
        sql.Column("paused", sql.Boolean, nullable=False),
        sql.Column("question", sql.Integer, nullable=False),
        sql.Column("round", sql.Integer, nullable=False),
        sql.Column("console", sql.String(32), nullable=False),
    )
    op.create_index("rooms_by_their_end", "rooms", ["ends"])
    op.create_table(
        "scenes",
        sql.Column("room", sql.String(6), primary_key=True),
        sql.Column("number", sql.Integer, primary_key=True),
        sql.Column("place", sql.Integer, nullable=False),
        sql.Column("address", sql.Text, nullable=False),
        sql.Column("title", sql.Text, nullable=False),
        sql.Column("note", sql.Text, nullable=False),
        sql.Column("asking", sql.Text, nullable=False),
        sql.Column("varied", sql.Boolean, nullable=False),
    )
    op.create_table(
        "questions",
        sql.Column("room", sql.String(6), primary_key=True),
        sql.Column("number", sql.Integer, primary_key=True),
        sql.Column("scene", sql.Integer, nullable=False),
        sql.Column("address", sql.Text, nullable=False),
        sql.Column("title", sql.Text, nullable=False),
        sql.Column("asking", sql.Text, nullable=False),
        sql.Column("varied", sql.Boolean, nullable=False),
        sql.Column("state", sql.String(8), nullable=False),
        sql.Column("opens", sql.Text, nullable=False),
    )
    op.create_table(
        "rounds",
        sql.Column("room", sql.String(6), primary_key=True),
        sql.Column("question", sql.Integer, primary_key=True),
        sql.Column("round", sql.Integer, primary_key=True),
        sql.Column("opened", sql.BigInteger, nullable=False),
        sql.Column("closed", sql.BigInteger, nullable=False),
    )
    op.create_table(
        "members",
        sql.Column("room", sql.String(6), primary_key=True),
        sql.Column("token", sql.String(32), primary_key=True),
        sql.Column("joined", sql.BigInteger, nullable=False),
        sql.Column("seen", sql.BigInteger, nullable=False),
    )
    op.create_table(
        "answers",
        sql.Column("room", sql.String(6), primary_key=True),
        sql.Column("question", sql.Integer, primary_key=True),
        sql.Column("round", sql.Integer, primary_key=True),
        sql.Column("token", sql.String(32), primary_key=True),
        sql.Column("variant", sql.Integer),
        sql.Column("sign", sql.Text, nullable=False),
        sql.Column("typed", sql.Text, nullable=False),
        sql.Column("number", sql.Float),
        sql.Column("verdict", sql.Text, nullable=False),
        sql.Column("sent", sql.BigInteger, nullable=False),
    )
