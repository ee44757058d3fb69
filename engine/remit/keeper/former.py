"""Packs that a ledger was run by before: where a rule, a law or a word of then is asked for."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from remit.ledger.rows import Rules, Said, said_by
from remit.ledger.store import Store
from remit.pack.archive import restored
from remit.pack.load import Pack


def former_pack(archive: tuple[str, bytes]) -> Pack:
    """The pack of an archive, given as digest and body.

    Raises:
        LedgerError: RM728, the archive was altered.
    """
    digest, body = archive
    with TemporaryDirectory(prefix="remit-") as folder:
        return Pack.load(restored(body, digest, Path(folder)))


class RulesSaid(dict[tuple[str, str], Said]):
    """The rules that the projection speaks of, by policy and id: those of the pack at hand.

    One that it has not got was said under another version of it: until that is worked out again, the rule is the one of
    the pack the ledger was last run by.
    """

    def __init__(self, pack: Pack, store: Store) -> None:
        super().__init__(rules_of(pack))
        self._store = store

    def __missing__(self, key: tuple[str, str]) -> Said:
        archive = self._store.archive()
        former = {} if archive is None else rules_of(former_pack(archive))
        self.update({**former, **self})
        return dict(self)[key]


def rules_of(pack: Pack) -> Rules:
    return said_by(rule for policy in pack.policies for rule in policy.rules)
