"""What was found out before: verdicts kept in `.remit/` of a pack, each under a digest of all that decided it.

A verdict stands as long as the changed rule, the rules tied to it, the vocabulary, the scenarios that might notice, and remit itself
are what they were. Where they cannot be kept, they are found out anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path

import remit
from remit.pack.load import Pack
from remit.specification.judge import Heard, Judge
from remit.specification.mutants import Mutant

FOLDER, FILE = ".remit", "mutants.json"
#: Of a record, where it stood and how it was typed decide nothing.
PASSED_OVER = frozenset({"origin", "column", "spans", "line"})


class Verdicts:
    """The verdicts of one pack, noticed or not, by digest."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.path = judge.pack.root / FOLDER / FILE
        self.world = digest(
            engine_digest(), facts_digest(judge.pack), *(fingerprint(head) for head in heads(judge.pack))
        )
        self.told = {id(heard): digest(fingerprint(heard.scenario.steps), heard.scenario.name) for heard in judge.heard}
        self.rules = {(r.policy, r.id): fingerprint(r) for p in judge.pack.policies for r in p.rules}
        self.known = read(self.path)
        self.used: dict[str, bool] = {}

    def key(self, mutant: Mutant) -> str:
        """The digest of everything that decides the verdict."""
        part = self.judge.part(mutant)
        rules = (self.rules[r.policy, r.id] for p in self.judge.pack.policies for r in p.rules if r.id in part)
        able: Iterable[Heard] = self.judge.able(mutant)
        return digest(self.world, fingerprint((mutant.rule, mutant.reading)), *rules, *sorted(self.told[id(h)] for h in able))  # fmt: skip

    def recall(self, mutant: Mutant) -> bool | None:
        key = self.key(mutant)
        if key in self.known:
            self.used[key] = self.known[key]
        return self.known.get(key)

    def keep(self, mutant: Mutant, *, noticed: bool) -> None:
        self.used[self.key(mutant)] = noticed

    def write(self, *, whole: bool) -> None:
        """Put away; of a whole measurement, nothing that was not asked for."""
        kept = self.used if whole else {**self.known, **self.used}
        with suppress(OSError):
            self.path.parent.mkdir(exist_ok=True)
            (self.path.parent / ".gitignore").write_text("*\n", "utf-8")
            fresh = self.path.with_suffix(".new")
            fresh.write_text(json.dumps(kept, sort_keys=True, indent=0), "utf-8")
            fresh.replace(self.path)


def read(path: Path) -> dict[str, bool]:
    """What was put away; nothing where it is not what it should be."""
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text("utf-8"))
        if isinstance(found, dict) and all(isinstance(verdict, bool) for verdict in found.values()):
            return found
    return {}


def digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def engine_digest() -> str:
    """Of remit's own source: another engine may judge otherwise."""
    home = Path(remit.__file__).parent
    return digest(*(f"{p.relative_to(home)}\n{p.read_text('utf-8')}" for p in sorted(home.rglob("*.py"))))


def facts_digest(pack: Pack) -> str:
    """Of the vocabulary; example cases have no say."""
    facts = pack.root / "facts"
    files = (p for p in sorted(facts.rglob("*")) if p.is_file() and p.relative_to(facts).parts[0] != "cases")
    return digest(*(f"{p.relative_to(facts)}\n{p.read_text('utf-8')}" for p in files))


def heads(pack: Pack) -> Iterable[object]:
    """What the policies say of themselves."""
    return ((p.id, p.level, p.effective_on, p.repealed_on, p.first_period, p.counting) for p in pack.policies)


def fingerprint(value: object) -> str:
    """A record in a form that depends on what it says alone."""
    if is_dataclass(value) and not isinstance(value, type):
        inner = (f"{f.name}={fingerprint(getattr(value, f.name))}" for f in fields(value) if f.name not in PASSED_OVER)
        return f"{type(value).__name__}({','.join(inner)})"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{fingerprint(k)}:{fingerprint(v)}" for k, v in sorted(value.items())) + "}"
    if isinstance(value, tuple | list):
        return "[" + ",".join(map(fingerprint, value)) + "]"
    return repr(value)
