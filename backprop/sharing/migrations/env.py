"""How Alembic runs here: on the connection of `database.migrate`, which holds the lock."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
