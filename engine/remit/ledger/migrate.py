"""The schema's version: brought up to date by Alembic, in one transaction; Alembic is imported only when needed."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from remit.errors import LedgerError, Origin
from remit.ledger.database import Database, value
from remit.ledger.schema import METADATA, REVISION

SCRIPTS = Path(__file__).parent / "migrations"


def revision_of(connection: Connection) -> str | None:
    """The migration the tables come from; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = value(connection.execute(text("SELECT version_num FROM alembic_version")).first())
    return None if found is None else str(found)


def require_current(database: Database) -> None:
    """Bring an older ledger's tables up to date.

    Raises:
        LedgerError: RM705, there is no ledger; RM707, it was made by a newer program.
    """
    with database.translated(), database.reading() as connection:
        found = revision_of(connection)
    where = Origin(database.shown)
    if found is None:
        raise LedgerError(
            "RM705",
            "no-ledger",
            found=database.shown,
            expected="a ledger",
            origin=where,
            hint="make one with `remit init`",
        )
    if found == REVISION:
        return
    if found > REVISION:
        raise LedgerError(
            "RM707", "newer-ledger", found=f"schema {found}", expected=f"schema {REVISION} or older", origin=where,
            hint="a newer remit has written here; upgrade this one",
        )  # fmt: skip
    database.writing(upgrade)


def upgrade(connection: Connection) -> None:
    """Run every migration that is missing, inside the caller's transaction."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    if not connection.in_transaction():
        connection.begin()  # else each migration would commit itself
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    scripts = ScriptDirectory.from_config(config)
    with EnvironmentContext(config, scripts, fn=lambda have, _: scripts._upgrade_revs("head", have)) as environment:  # noqa: SLF001 - as Alembic's own command does
        environment.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
        environment.run_migrations()
