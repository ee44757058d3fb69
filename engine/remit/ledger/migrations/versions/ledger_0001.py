"""The ledger's first schema.

Revision ID: 0001
"""

from __future__ import annotations

from alembic import op

from remit.ledger.schema import METADATA

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    METADATA.create_all(op.get_bind())
