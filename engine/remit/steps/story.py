"""`Story`: one scenario as it is told. What was reported, what is owed now, and what the scenario has spoken of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from remit.engine import Engine
from remit.errors import EventError, nearest
from remit.explain.messages import told
from remit.explain.text import text
from remit.explain.words import MODALITY, STATUS, Words, beginning, moment
from remit.expressions.lexicon import spellings
from remit.model.obligation import Obligation, Party
from remit.model.rule import On
from remit.model.terms import Modality, Nature, Status
from remit.pack.load import Pack

KINDS = {
    "unit": "单位", "role": "角色", "place": "地点", "action": "行动", "event": "事件", "attribute": "事实", "reading": "解释", "level": "层级",
}  # fmt: skip
CLAUSE_NAMES = {
    "to": "对象", "with": "会同", "performer": "承办", "due": "期限", "opens": "最早", "latest": "最迟", "article": "依据", "status": "状态",
    "period": "周期", "subject": "当事人", "rule": "规则",
}  # fmt: skip
#: Of many obligations that differ from what a step says, the nearest few are told.
SHOWN = 6


@lru_cache(maxsize=8)
def pack_at(root: Path) -> Pack:
    """Each pack is read once a session."""
    return Pack.load(root)


@dataclass
class Story:
    """The engine of one scenario, and what its steps need to remember.

    `tongue` is the scenario's language, `zh` or `en`; left out, the pack's own.
    """

    pack: Pack
    case: str
    backend: str = "auto"
    tongue: str | None = None
    engine: Engine = field(init=False)
    facts: dict[str, str] = field(default_factory=dict)
    spoken_of: set[str] = field(default_factory=set)
    refused: EventError | None = None
    count: int = 0
    _agendas: dict[tuple[datetime, int], tuple[Obligation, ...]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.engine = Engine(self.pack, backend=self.backend)
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
        assert self.refused is None, self.say("报告被拒绝：", "the report was refused: ") + told(
            self.refused, self.language
        )

    def moment(self, written: str) -> datetime:
        at = datetime.fromisoformat(written.replace(" ", "T"))
        return at.replace(tzinfo=self.pack.calendar.zone)

    def name(self, kind: str, written: str) -> str:
        """The id under any of its names; the nearest name where there is none."""
        found = self.pack.find(kind, written)
        if found is None:
            close = nearest(written, self.pack.reader.names.spelled[kind])
            raise AssertionError(
                self.say(f"“{written}”不是本规则包的{KINDS[kind]}", f"`{written}` is no {kind} of this pack")
                + (self.say(f"；最接近的是“{close}”", f"; nearest: `{close}`") if close else "")
            )
        return found

    # --- asking ---------------------------------------------------------------------------------------

    def owed(self) -> tuple[Obligation, ...]:
        """What the cases have raised, as it stands."""
        self.require_accepted()
        return self.engine.answer(agenda=False).obligations

    def agenda(self, unit: str | None = None) -> tuple[Obligation, ...]:
        """The recurring and standing duties of a unit, or of all; worked out once for each moment."""
        key = (self.engine.now, self.engine.position)
        if key not in self._agendas:
            found = self.engine.answer(agenda=True).obligations  # the keeper has the agenda by it already
            self._agendas[key] = tuple(o for o in found if o.case is None)
        return tuple(o for o in self._agendas[key] if unit in (None, o.bearer.id))

    def all_owed(self, action: str) -> tuple[Obligation, ...]:
        """What is owed of this act: in the cases, and on the agenda where any rule puts it there."""
        of_agenda = any(r.action == action and not isinstance(r.trigger, On) for r in self.pack.rules.values())
        found = (*self.owed(), *(self.agenda() if of_agenda else ()))
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
            f"{unit} {MODALITY[modality].of(self.language)} “{action}”{self.say('：没有这项义务', ': there is no such obligation.')}\n{self.listing(mine or self.owed())}"
        )
        faults = {o.id: self.faults(o, clauses) for o in named}
        fitting = [o for o in named if not faults[o.id]]
        told = [
            f"{o.rule}: {self.say('；', '; ').join(faults[o.id])}"
            for o in sorted(named, key=lambda o: len(faults[o.id]))
        ]
        assert fitting, "\n".join(told[:SHOWN])
        self.spoken_of.add(fitting[0].id)
        return fitting[0]

    @property
    def language(self) -> str:
        return self.tongue or self.pack.language

    def say(self, zh: str, en: str) -> str:
        """The wording in the scenario's language."""
        return zh if self.language == "zh" else en

    def faults(self, o: Obligation, clauses: Mapping[str, Sequence[str] | None]) -> list[str]:
        """Where an obligation differs from what a step says of it."""
        zone, found = self.pack.zone_of(o), o.deadline
        local = {
            n: t.astimezone(zone) if t else None
            for n, t in (("opens", found.opens), ("due", found.due), ("latest", found.latest))
        }
        parties = parties_of(o)
        is_named = {clause: [self.called(party) for party in named] for clause, named in parties.items()}
        faults = []
        for clause, wanted in clauses.items():
            if wanted is None:
                continue
            part, _, is_count = clause.partition("_")
            name = self.say(CLAUSE_NAMES[part], part)
            if is_count:
                actual = [str(len(is_named[part]))]
            elif clause in is_named:
                missing = [w for w in wanted if not any(w in labels for labels in is_named[clause])]
                if missing:
                    faults.append(self.missing(name, missing, parties[part]))
                continue
            else:
                actual = self.aspects(o, clause, local)
            if wanted[0] not in actual:
                faults.append(
                    self.say(
                        f"{name}：应为“{wanted[0]}”，实为“{actual[0]}”",
                        f"{name}: expected `{wanted[0]}`, found `{actual[0]}`",
                    )
                )
        return faults

    def missing(self, clause: str, wanted: Sequence[str], found: Sequence[Party]) -> str:
        """The units a step names and the duty does not."""
        names = "、".join(wanted)
        has = [party.label.of(self.language) for party in found]
        return self.say(
            f"{clause}：缺少{names}，实为{'、'.join(has) or '无'}",
            f"{clause}: {names} missing, found {', '.join(has) or 'none'}",
        )

    def counted(self, modality: Modality, action: str, number: int, rule: str | None = None) -> None:
        """So many units owe it, and no more."""
        act = self.name("action", action)
        owed = [o for o in self.all_owed(act) if o.modality is modality and rule in (None, o.rule)]
        found = {o.bearer.id: o.bearer.label.of(self.language) for o in owed}
        listing = "、".join(sorted(found.values()))
        assert len(found) == number, self.say(
            f"应有 {number} 个单位，实有 {len(found)} 个：{listing}",
            f"expected {number} units, found {len(found)}: {listing}",
        )

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

    def called(self, party: Party) -> set[str]:
        """Every name of a party; people are called as the rule calls them."""
        return {party.label.zh, party.label.en} if party.people else self.labels(party.id)

    def labels(self, unit: str) -> set[str]:
        """Every name of a unit."""
        known = self.pack.vocabulary.units[unit]
        return set(spellings([(known.id, known.label, known.aliases)])) | {self.words.label(unit).of(self.language)}

    def nothing_else(self) -> None:
        """The closed world: whatever no step has spoken of is one too many."""
        rest = [o for o in self.owed() if o.id not in self.spoken_of and o.status is not Status.WITHDRAWN]
        assert not rest, (
            f"{self.say(f'另有 {len(rest)} 项义务：', f'{len(rest)} further obligations:')}\n{self.listing(rest)}"
        )

    def of_rule(self, rule: str) -> tuple[Obligation, ...]:
        """What a rule has raised."""
        if rule not in self.pack.rules:
            close = nearest(rule, self.pack.rules)
            raise AssertionError(
                self.say(f"“{rule}”不是本规则包的规则", f"`{rule}` is no rule of this pack")
                + (self.say(f"；最接近的是“{close}”", f"; nearest: `{close}`") if close else "")
            )
        found = tuple(o for o in self.owed() if o.rule == rule and o.status is not Status.WITHDRAWN)
        self.spoken_of |= {o.id for o in found}
        return found

    def by_action(self, action: str) -> Obligation:
        """The first obligation of this action."""
        act = self.name("action", action)
        found = [o for o in self.owed() if o.action == act]
        assert found, (
            f"{self.say(f'没有单位须“{action}”。', f'nobody has “{action}” to do.')}\n{self.listing(self.owed())}"
        )
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


def parties_of(o: Obligation) -> Mapping[str, tuple[Party, ...]]:
    """Everyone in an obligation, by part."""
    return {"bearer": (o.bearer,), "performer": o.performers, "to": o.to, "with": o.cooperating}
