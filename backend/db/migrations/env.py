"""Run by Alembic with a connection that `run.py` has prepared; there is no other way to migrate."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    on_version_apply=context.config.attributes["on_version_apply"],
    # One at a time: a later one that fails leaves the earlier ones in place, and each is short.
    transaction_per_migration=True,
    transactional_ddl=True,
    # SQLite changes a table by copying it; on PostgreSQL the same words are a plain ALTER.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
