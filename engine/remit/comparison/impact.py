"""What a change does to cases on record: which duties appear, vanish, move or shift, for whom, and how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from remit.comparison.pairing import Pairing
from remit.errors import AnalysisError, Origin, RemitError
from remit.live.evaluator import LiveEvaluator
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.model.terms import Status
from remit.model.text import Text
from remit.pack.load import Pack
from remit.semantics.law import Law
from remit.semantics.obligations import by_case, knowable

#: What can become of a duty.
EFFECTS: Mapping[str, Text] = {
    "appears": Text("新增", "appears"),
    "vanishes": Text("消失", "vanishes"),
    "moves": Text("移转", "moves"),
    "shifts": Text("期限变动", "shifts"),
    "changes": Text("状态变动", "changes"),
}
#: Duties that stand no more count as none.
GONE = frozenset({Status.WITHDRAWN, Status.SUPERSEDED, Status.TRANSFERRED})
CASE_FILES = (".yaml", ".jsonl", ".json")


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of one duty of one case. A unit stands on the side on which it bears it."""

    kind: str
    case: str | None
    rule: str
    before: Obligation | None
    after: Obligation | None

    @property
    def unit_before(self) -> str | None:
        return self.before.bearer.id if self.before else None

    @property
    def unit_after(self) -> str | None:
        return self.after.bearer.id if self.after else None

    def as_json(self) -> dict[str, object]:
        def side(obligation: Obligation | None) -> dict[str, object] | None:
            if obligation is None:
                return None
            due = obligation.deadline.due
            return {
                "id": obligation.id, "bearer": obligation.bearer.id, "status": obligation.status.value,
                "due": due.isoformat() if due else None, "to": [party.id for party in obligation.to],
            }  # fmt: skip

        return {
            "kind": self.kind,
            "case": self.case,
            "rule": self.rule,
            "before": side(self.before),
            "after": side(self.after),
        }


@dataclass(frozen=True, slots=True)
class Impact:
    """Everything that becomes of the cases; what one of the packs cannot read is named, with why."""

    effects: tuple[Effect, ...]
    cases: int
    events: int
    refused: tuple[tuple[str, RemitError | str], ...]
    now: datetime

    @property
    def units(self) -> Mapping[str, Counter[str]]:
        """How many of each effect each unit sees; what moves counts as `moves away` for one and `moves here` for the other."""
        found: dict[str, Counter[str]] = {}
        for effect in self.effects:
            for unit, kind in sides(effect):
                found.setdefault(unit, Counter())[kind] += 1
        return dict(sorted(found.items(), key=lambda item: (-item[1].total(), item[0])))

    def as_json(self) -> dict[str, object]:
        counts = Counter(effect.kind for effect in self.effects)
        return {
            "now": self.now.isoformat(), "cases": self.cases, "events": self.events, "counts": {kind: counts[kind] for kind in EFFECTS},
            "units": {unit: dict(sorted(found.items())) for unit, found in self.units.items()},
            "effects": [effect.as_json() for effect in self.effects],
            "refused": [{"case_file": where, "reason": str(why)} for where, why in self.refused],
        }  # fmt: skip


def sides(effect: Effect) -> Iterator[tuple[str, str]]:
    """Whom it concerns, and how."""
    if effect.kind == "moves":
        yield effect.unit_before or "", "moves away"
        yield effect.unit_after or "", "moves here"
    else:
        yield effect.unit_after or effect.unit_before or "", effect.kind


@dataclass
class Cases:
    """Cases as each pack reads them: pairs of the same events, and what one of them refuses."""

    pairs: list[tuple[Sequence[Event], Sequence[Event]]] = field(default_factory=list)
    refused: list[tuple[str, RemitError | str]] = field(default_factory=list)


def from_files(paths: Iterable[Path], old: Pack, new: Pack) -> Cases:
    """The cases of files, and of every case file in directories.

    Raises:
        AnalysisError: RM846, there is none, or one of those named is not there.
    """
    given = tuple(paths)
    for path in given:
        if not path.exists():
            raise AnalysisError("RM846", "no-cases", found=str(path), expected="a case file, or a directory with case files", origin=Origin(str(path)))  # fmt: skip
    found = Cases()
    files = [file for path in given for file in case_files(path)]
    for file in files:
        read = [read_by(pack, file) for pack in (old, new)]
        events = [told for told in read if not isinstance(told, RemitError)]
        refused = {str(told): told for told in read if isinstance(told, RemitError)}  # both packs may say the same
        found.refused += [(str(file), told) for told in refused.values()]
        if len(events) == 2:
            found.pairs.append((events[0], events[1]))
    if not files:
        raise AnalysisError("RM846", "no-cases", found=", ".join(map(str, given)), expected="a case file, or a directory with case files", origin=Origin(str(given[0])))  # fmt: skip
    return found


def case_files(path: Path) -> Sequence[Path]:
    """The file itself; of a directory every case file in it; of a pack its examples."""
    if not path.is_dir():
        return (path,)
    examples = path / "facts" / "cases"
    folder = examples if examples.is_dir() else path
    return sorted(file for file in folder.rglob("*") if file.suffix in CASE_FILES)


def read_by(pack: Pack, file: Path) -> tuple[Event, ...] | RemitError:
    try:
        return pack.read_events(file)
    except RemitError as refused:
        return refused


def of_ledger(events: Sequence[Event], of: str, old: Pack, new: Pack) -> Cases:
    """The cases of a ledger, which both packs take as they stand.

    Raises:
        AnalysisError: RM845, it is the ledger of another pack.
    """
    packs = (old.vocabulary.pack_id, new.vocabulary.pack_id)
    if of not in packs:
        raise AnalysisError("RM845", "ledger-of-another-pack", found=of, expected=f"the ledger of the pack `{packs[0]}`")  # fmt: skip
    found = Cases([(events, events)])
    for pack in (old, new):
        strange = Counter(event.type for event in events if event.type not in pack.vocabulary.event_types)
        found.refused += [(f"{kind} × {count}", f"unknown in {pack.root}") for kind, count in sorted(strange.items())]
    return found


def impact(cases: Cases, old: Pack, new: Pack, pairing: Pairing, now: datetime, *, agenda: bool = False) -> Impact:
    """What each case raises under either pack at `now`, side by side; with `agenda`, recurring and standing duties too."""
    evaluators = [LiveEvaluator(Law.of(pack)) for pack in (old, new)]
    names = Names.of(pairing)
    effects: list[Effect] = []
    matters = events = 0
    for pair in cases.pairs:
        told = [by_case(knowable(side, now)) for side in pair]
        events += len(pair[0])
        matters += len({case for side in told for case in side if case is not None})
        for case in sorted({c for side in told for c in side}, key=lambda c: (c is not None, c or "")):
            owed = [e.case(case, side.get(case, ()), now) for e, side in zip(evaluators, told, strict=True)]
            effects += differences(case, owed[0], owed[1], names)
        if agenda:
            owed = [e.agenda(side, now) for e, side in zip(evaluators, pair, strict=True)]
            effects += differences(None, owed[0], owed[1], names)
    return Impact(tuple(effects), matters, events, tuple(cases.refused), now)


@dataclass(frozen=True, slots=True)
class Names:
    """Which rule of either pack is which: one number for both, and the name it goes by."""

    numbers: tuple[Mapping[tuple[str, str], int], Mapping[tuple[str, str], int]]
    shown: Mapping[int, str]

    @classmethod
    def of(cls, pairing: Pairing) -> Names:
        numbered = list(enumerate(pairing.rules))
        sides = [{(r.policy, r.id): n for n, pair in numbered if (r := pair[side]) is not None} for side in (0, 1)]
        shown = {n: rule.id for n, (one, other) in numbered if (rule := other or one) is not None}
        return cls((sides[0], sides[1]), shown)

    def matter(self, obligation: Obligation, side: int) -> tuple[int, str]:
        """The rule, and all of the id but the rule and the bearer: what stays the same when a duty moves."""
        numbers = self.numbers[side]
        tail = obligation.id.split("/", 3)[3:]
        rest = tail[0] if tail else ""
        for (policy, rule), number in numbers.items() if "after/" in rest else ():
            rest = rest.replace(f"{policy}/{rule}/", f"#{number}/")
        return numbers[obligation.policy, obligation.rule], rest


def differences(case: str | None, old: Iterable[Obligation], new: Iterable[Obligation], names: Names) -> Iterator[Effect]:  # fmt: skip
    """Matter by matter: what one bearer owes on both sides, what moved from one to another, what is only on one."""
    sides: list[dict[tuple[int, str], dict[str, Obligation]]] = [{}, {}]
    for side, owed in enumerate((old, new)):
        for obligation in owed:
            if obligation.status not in GONE:
                sides[side].setdefault(names.matter(obligation, side), {})[obligation.bearer.id] = obligation
    for matter in sorted({*sides[0], *sides[1]}):
        before, after = (side.get(matter, {}) for side in sides)
        rule = names.shown[matter[0]]
        for unit in [u for u in before if u in after]:
            kind = altered(before[unit], after[unit])
            if kind is not None:
                yield Effect(kind, case, rule, before[unit], after[unit])
        gone, come = ([side[u] for u in sorted(side) if u not in other] for side, other in ((before, after), (after, before)))  # fmt: skip
        moved = min(len(gone), len(come))
        yield from (Effect("moves", case, rule, a, b) for a, b in zip(gone[:moved], come[:moved], strict=True))
        yield from (Effect("vanishes", case, rule, a, None) for a in gone[moved:])
        yield from (Effect("appears", case, rule, None, b) for b in come[moved:])


def altered(before: Obligation, after: Obligation) -> str | None:
    """Whether what the same unit owes falls due at another time, or stands otherwise."""
    if before.deadline.due != after.deadline.due:
        return "shifts"
    stands = [(o.status, o.modality, o.action, {p.id for p in o.to}, {p.id for p in o.cooperating}) for o in (before, after)]  # fmt: skip
    return "changes" if stands[0] != stands[1] else None
