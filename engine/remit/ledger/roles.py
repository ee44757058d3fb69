"""What a server's database itself refuses: an application may add to the past and move the head, never change the past.

Row-level security is forced on every table, so that it binds the owner too. Who owns the tables migrates them; who runs
remit day by day logs in as a member of the application role: `CREATE ROLE desk LOGIN IN ROLE remit_app`.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from remit.ledger.database import value
from remit.ledger.schema import (
    ARCHIVES,
    CHECKPOINTS,
    CONSUMERS,
    ENTRIES,
    HEAD,
    INCIDENTS,
    MATTERS,
    OBLIGATIONS,
    OUTBOX,
    PERSONS,
)

APPLICATION = "remit_app"

#: What the role may do to each table, by statement; the columns it may update.
MAY = {
    ENTRIES.name: ("SELECT", "INSERT"),
    OUTBOX.name: ("SELECT", "INSERT"),
    ARCHIVES.name: ("SELECT", "INSERT"),
    CHECKPOINTS.name: ("SELECT", "INSERT"),
    INCIDENTS.name: ("SELECT", "INSERT"),
    HEAD.name: ("SELECT", "UPDATE (position, hash, peaks, outbox, now, recorded_at, pack_digest)"),
    PERSONS.name: ("SELECT", "INSERT", "UPDATE (wrapped)"),
    CONSUMERS.name: ("SELECT", "INSERT", "UPDATE", "DELETE"),
    MATTERS.name: ("SELECT", "INSERT", "UPDATE", "DELETE"),
    OBLIGATIONS.name: ("SELECT", "INSERT", "UPDATE", "DELETE"),
}
#: A person's key is there until it is destroyed, and then for ever gone.
ONLY = {(PERSONS.name, "UPDATE"): "USING (wrapped IS NOT NULL) WITH CHECK (wrapped IS NULL)"}


def protect(connection: Connection, role: str = APPLICATION) -> None:
    """Force row-level security on every table, and grant the application role what it may do.

    The role is made (without login) where it is missing and the owner is permitted to; otherwise only the policies stand,
    and an administrator makes the role and runs this again, which is safe.
    """
    for table, statements in MAY.items():
        _run(connection, f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        _run(connection, f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for statement in statements:
            _policy(connection, table, statement.split(maxsplit=1)[0])
    if _there(connection, role):
        _grant(connection, _quoted(connection, role))


def _policy(connection: Connection, table: str, statement: str) -> None:
    always = {"INSERT": "WITH CHECK (true)", "UPDATE": "USING (true) WITH CHECK (true)"}.get(statement, "USING (true)")
    which = ONLY.get((table, statement)) or always
    name = f"{table}_{statement.lower()}"
    _run(connection, f"DROP POLICY IF EXISTS {name} ON {table}")
    _run(connection, f"CREATE POLICY {name} ON {table} FOR {statement} {which}")


def _grant(connection: Connection, role: str) -> None:
    for table, statements in MAY.items():
        _run(connection, f"REVOKE ALL ON {table} FROM PUBLIC, {role}")
        _run(connection, f"GRANT {', '.join(statements)} ON {table} TO {role}")
    _run(connection, f"GRANT SELECT ON alembic_version TO {role}")
    _run(connection, f"GRANT USAGE ON SEQUENCE {INCIDENTS.name}_number_seq TO {role}")
    schema = _quoted(connection, str(value(connection.execute(text("SELECT current_schema()")).first())))
    _run(connection, f"GRANT USAGE ON SCHEMA {schema} TO {role}")


def _there(connection: Connection, role: str) -> bool:
    """Whether the role is there, made now if that is permitted."""
    if connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).first():
        return True
    may = text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    if not value(connection.execute(may).first()):
        return False
    _run(connection, f"CREATE ROLE {_quoted(connection, role)} NOLOGIN")
    return True


def _quoted(connection: Connection, name: str) -> str:
    return str(connection.dialect.identifier_preparer.quote_identifier(name))


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement.replace("%", "%%"))
