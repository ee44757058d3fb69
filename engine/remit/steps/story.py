"""`Story`: one scenario as it is told. What was reported, what is owed now, and what the scenario has spoken of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from remit.engine import Engine
from remit.errors import EventError, nearest
from remit.explain.text import text
from remit.explain.words import MODALITY, STATUS, Words, beginning, moment
from remit.expressions.lexicon import spellings
from remit.model.obligation import Obligation
from remit.model.rule import On
from remit.model.terms import Modality, Nature, Status
from remit.pack.load import Pack

#: Of many obligations that differ from what a step says, the nearest few are told.
SHOWN = 6


@lru_cache(maxsize=8)
def pack_at(root: Path) -> Pack:
    """Each pack is read once a session."""
    return Pack.load(root)


@dataclass
class Story:
    """The engine of one scenario, and what its steps need to remember."""

    pack: Pack
    case: str
    engine: Engine = field(init=False)
    facts: dict[str, str] = field(default_factory=dict)
    spoken_of: set[str] = field(default_factory=set)
    refused: EventError | None = None
    count: int = 0

    def __post_init__(self) -> None:
        self.engine = Engine(self.pack)
        self.words = Words.of(self.pack)

    # --- telling --------------------------------------------------------------------------------------

    def report(self, kind: str, at: str, fields: Mapping[str, str | None]) -> None:
        """Submit one event. A refusal is kept for the step that expects it."""
        self.require_accepted()
        self.count += 1
        given = {name: value for name, value in fields.items() if value is not None}
        event: dict[str, object] = {"id": f"e{self.count}", "type": kind, "at": at.replace(" ", "T"), "case": self.case}
        event |= {**self.facts, **given}
        self.facts = {}
        try:
            self.engine.submit(event)
        except EventError as refusal:
            self.refused = refusal

    def require_accepted(self) -> None:
        """No step goes on as if a refused report had been taken."""
        assert self.refused is None, f"the report was refused: {self.refused}"

    def moment(self, written: str) -> datetime:
        at = datetime.fromisoformat(written.replace(" ", "T"))
        return at.replace(tzinfo=self.pack.calendar.zone)

    def name(self, kind: str, written: str) -> str:
        """The id under any of its names; the nearest name where there is none."""
        found = self.pack.find(kind, written)
        if found is None:
            close = nearest(written, self.pack.reader.names.spelled[kind])
            raise AssertionError(f"`{written}` is no {kind} of this pack" + (f"; nearest: `{close}`" if close else ""))
        return found

    # --- asking ---------------------------------------------------------------------------------------

    def owed(self) -> tuple[Obligation, ...]:
        """What the cases have raised, as it stands."""
        self.require_accepted()
        return self.engine.answer(agenda=False).obligations

    def agenda(self, unit: str) -> tuple[Obligation, ...]:
        return self.engine.agenda(unit)

    def all_owed(self, action: str) -> tuple[Obligation, ...]:
        """What is owed of this act: in the cases, and on the agenda where any rule puts it there."""
        of_agenda = any(r.action == action and not isinstance(r.trigger, On) for r in self.pack.rules.values())
        self.require_accepted()
        found = self.engine.answer(agenda=of_agenda).obligations
        return tuple(o for o in found if o.action == action and o.status is not Status.WITHDRAWN)

    def find(self, unit: str, modality: Modality, action: str, **clauses: Sequence[str] | None) -> Obligation:
        """The obligation a step speaks of, which must be as the step says.

        Raises:
            AssertionError: there is none, or it is otherwise; the message says what there is.
        """
        bearer, act = self.name("unit", unit), self.name("action", action)
        mine = [o for o in self.owed() if o.bearer.id == bearer]
        named = [o for o in mine if o.action == act and o.modality is modality]
        if not named or clauses.get("period"):
            mine = [*mine, *self.agenda(bearer)]
            named = [o for o in mine if o.action == act and o.modality is modality]
        assert named, (
            f"{unit} {MODALITY[modality].of(self.language)} “{action}”: there is no such obligation.\n{self.listing(mine or self.owed())}"
        )
        faults = {o.id: self.faults(o, clauses) for o in named}
        fitting = [o for o in named if not faults[o.id]]
        told = [f"{o.rule}: {fault}" for o in sorted(named, key=lambda o: len(faults[o.id])) for fault in faults[o.id]]
        assert fitting, "\n".join(told[:SHOWN])
        self.spoken_of.add(fitting[0].id)
        return fitting[0]

    @property
    def language(self) -> str:
        return self.pack.language

    def faults(self, o: Obligation, clauses: Mapping[str, Sequence[str] | None]) -> list[str]:
        """Where an obligation differs from what a step says of it."""
        zone, found = self.pack.calendar.zone, o.deadline
        local = {
            n: t.astimezone(zone) if t else None
            for n, t in (("opens", found.opens), ("due", found.due), ("latest", found.latest))
        }
        is_named = {
            "to": [self.labels(p.id) for p in o.to],
            "with": [self.labels(p.id) for p in o.cooperating],
            "performer": [self.labels(p.id) for p in o.performers],
        }
        faults = []
        for clause, wanted in clauses.items():
            if wanted is None:
                continue
            if clause in is_named:
                missing = [w for w in wanted if not any(w in labels for labels in is_named[clause])]
                if missing:
                    faults.append(
                        f"{clause}: {'、'.join(missing)} missing; found {[min(names) for names in is_named[clause]]}"
                    )
                continue
            actual = self.aspects(o, clause, local)
            if wanted[0] not in actual:
                faults.append(f"{clause}: expected `{wanted[0]}`, found `{actual[0]}`")
        return faults

    def aspects(self, o: Obligation, clause: str, local: Mapping[str, datetime | None]) -> list[str]:
        """The ways in which one aspect of an obligation may be written."""
        match clause:
            case "due" | "latest":
                at = local[clause]
                if at is None:
                    return {
                        "open": ["不设终期", "no end"],
                        "unpublished": ["待公布", "awaits the calendar"],
                        "stopped": ["计时中止", "clock stopped"],
                    }.get(o.deadline.state, ["未定", "none"])
                shown = moment(at)
                return [shown, shown.removesuffix(" 24:00")]
            case "opens":
                at = local[clause]
                return [beginning(at), f"{at:%Y-%m-%d %H:%M}"] if at else ["未定", "none"]
            case "article":
                return [o.article_label]
            case "rule":
                return [o.rule]
            case "status":
                return [STATUS[o.status].of(self.language), STATUS[o.status].zh, STATUS[o.status].en, o.status.value]
            case "period":
                return [o.period or ""]
            case "subject":
                return [o.subject or ""]
            case _:
                return [""]

    def labels(self, unit: str) -> set[str]:
        """Every name of a unit."""
        known = self.pack.vocabulary.units[unit]
        return set(spellings([(known.id, known.label, known.aliases)])) | {self.words.label(unit).of(self.language)}

    def nothing_else(self) -> None:
        """The closed world: whatever no step has spoken of is one too many."""
        rest = [o for o in self.owed() if o.id not in self.spoken_of and o.status is not Status.WITHDRAWN]
        assert not rest, f"{len(rest)} further obligations:\n{self.listing(rest)}"

    def of_rule(self, rule: str) -> tuple[Obligation, ...]:
        """What a rule has raised."""
        if rule not in self.pack.rules:
            close = nearest(rule, self.pack.rules)
            raise AssertionError(f"`{rule}` is no rule of this pack" + (f"; nearest: `{close}`" if close else ""))
        found = tuple(o for o in self.owed() if o.rule == rule and o.status is not Status.WITHDRAWN)
        self.spoken_of |= {o.id for o in found}
        return found

    def by_action(self, action: str) -> Obligation:
        """The first obligation of this action."""
        act = self.name("action", action)
        found = [o for o in self.owed() if o.action == act]
        assert found, f"nobody has “{action}” to do.\n{self.listing(self.owed())}"
        return found[0]

    def told(self, o: Obligation) -> str:
        """Its explanation in words."""
        return text(self.engine.why(o.id), self.language)

    def listing(self, owed: Iterable[Obligation]) -> str:
        """Obligations, one a line."""
        lines = [
            f"  {o.bearer.label.of(self.language)} {MODALITY[o.modality].of(self.language)} {self.words.label(o.action).of(self.language)}"
            f" ({o.rule}, {STATUS[o.status].of(self.language)}{', ' + o.period if o.period else ''})"
            for o in owed
            if o.nature is not Nature.STANDING
        ]
        return "\n".join(lines) or "  —"

    def same_by_reference(self) -> None:
        """Both matchers agree on everything this scenario told."""
        if self.engine.backend_name == "reference":
            return
        other = Engine(self.pack, backend="reference", now=self.engine.now)
        other.submit_all(self.engine.events)
        assert other.answer(agenda=False) == self.engine.answer(agenda=False), "the two matchers disagree"
        assert not self.engine.incidents, f"the native matcher failed: {self.engine.incidents}"
