"""A comparison in words: lines for a terminal, one page for a browser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby

from remit.comparison.changes import KINDS, SUBJECTS, Change
from remit.comparison.chart import PARTS, as_svg, as_text, bars
from remit.comparison.compare import Comparison
from remit.comparison.impact import EFFECTS, Effect, Impact
from remit.errors import AnalysisError
from remit.explain import messages
from remit.explain.words import PARTS as RULE_PARTS
from remit.explain.words import moment
from remit.model.obligation import Obligation
from remit.model.text import Text, many
from remit.pack.load import Pack

#: Parts of what is compared that have no word of their own elsewhere.
NAMES = {
    "quote": Text("引文", "quote"), "must": Text("要求", "what is demanded"), "since": Text("施行期", "in force"), "if": Text("触发与条件", "trigger and condition"),
    "id": Text("编号", "id"), "relations": Text("关系", "relations"), "inferred": Text("推定", "inferred"), "kind": Text("性质", "kind"),
}  # fmt: skip
#: How many duties a terminal is shown one by one.
SHOWN = 20
ROWS = 2000
#: How many names a heading holds.
FEW = 3


@dataclass(frozen=True, slots=True)
class Report:
    """Tells a comparison in one language, in the words of both packs, the new one's first."""

    old: Pack
    new: Pack
    found: Comparison
    impact: Impact | None
    language: str

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    # --- lines -------------------------------------------------------------------------------------

    def lines(self) -> Iterator[str]:
        """For a terminal; `*` stands before a heading."""
        for subject, members in groupby(self.found.changes, key=lambda c: c.subject):
            yield f"*{SUBJECTS[subject].of(self.language)}"
            for change, names in alike(members):
                yield from self.told(change, names)
        yield self.summary
        if self.impact is not None:
            yield f"*{self.say('对已有案件的影响', 'What it does to cases on record')}"
            yield from self.effects(self.impact)

    def told(self, change: Change, names: Sequence[str]) -> Iterator[str]:
        part = f" · {self.part(change.part)}" if change.part else ""
        yield f"  {', '.join(names)}  {KINDS[change.kind].of(self.language)}{part}"
        if change.before:
            yield f"    − {change.before.of(self.language)}"
        if change.after:
            yield f"    + {change.after.of(self.language)}"
        yield from (f"    · {line.of(self.language)}" for line in change.detail[:SHOWN])
        if len(change.detail) > SHOWN:
            yield f"    · {self.say(f'另有 {len(change.detail) - SHOWN} 处', f'and {len(change.detail) - SHOWN} more')}"
        for caption, text in self.cases(change):
            yield f"    {caption}"
            yield from (f"      {line}" for line in text.splitlines())

    def effects(self, impact: Impact) -> Iterator[str]:
        yield f"  {self.counted(impact)}"
        yield from (f"  {line}" for line in as_text(bars(impact, self.labels), self.language))
        for effect in impact.effects[:SHOWN]:
            case, kind, rule, before, after = self.row(effect)
            yield f"  {case}  {kind}  {rule}  {before} → {after}"
        if len(impact.effects) > SHOWN:
            rest = len(impact.effects) - SHOWN
            yield self.say(f"  另有 {rest} 项，见 --json", f"  and {rest} more: see --json")
        yield from (f"  ! {line}" for line in self.refused(impact))

    # --- a page ------------------------------------------------------------------------------------

    def page(self) -> str:
        """One self-contained page of HTML.

        Raises:
            AnalysisError: RM847, Jinja2 is not installed.
        """
        try:
            from jinja2 import Environment
        except ImportError:
            raise AnalysisError("RM847", "no-templates", found="no Jinja2", expected="Jinja2, which makes pages", hint='pip install "remit[workbench]"') from None  # fmt: skip
        template = Environment(autoescape=True, trim_blocks=True).from_string(
            files("remit.comparison").joinpath("page.html").read_text("utf-8")
        )
        sections = [
            (SUBJECTS[subject].of(self.language), [self.article(change, names) for change, names in alike(members)])
            for subject, members in groupby(self.found.changes, key=lambda c: c.subject)
        ]
        return template.render(
            language="zh-CN" if self.language == "zh" else "en",
            title=self.title,
            summary=self.summary,
            sections=sections,
            impact=self.of_impact(self.impact) if self.impact else None,
            say=self.say,
        )

    def article(self, change: Change, names: Sequence[str]) -> dict[str, object]:
        return {
            "name": ", ".join(names) if len(names) <= FEW else self.say(f"{len(names)} 项", f"{len(names)} of them"),
            "names": ", ".join(names) if len(names) > FEW else "", "kind": KINDS[change.kind].of(self.language), "part": self.part(change.part) if change.part else "",
            "before": change.before.of(self.language) if change.before else "", "after": change.after.of(self.language) if change.after else "",
            "detail": [line.of(self.language) for line in change.detail], "cases": list(self.cases(change)),
        }  # fmt: skip

    def of_impact(self, impact: Impact) -> dict[str, object]:
        rows = bars(impact, self.labels)
        used = [part for part in PARTS if any(part in row.counts for row in rows)]
        return {
            "summary": self.counted(impact),
            "chart": as_svg(rows, self.language, self.say("各单位的变动", "changes by unit")) if rows else "",
            "parts": [PARTS[part][0].of(self.language) for part in used],
            "units": [(row.label.of(self.language), [row.counts.get(part, 0) for part in used]) for row in rows],
            "effects": [self.row(effect) for effect in impact.effects[:ROWS]],
            "refused": self.refused(impact),
        }

    # --- words -------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        name = self.new.vocabulary.title.of(self.language)
        return self.say(f"{name}：规则包对照", f"{name}: two packs compared")

    @property
    def summary(self) -> str:
        counts = Counter(change.kind for change in self.found.changes)
        told = ", ".join(f"{label.of(self.language)} {counts[kind]}" for kind, label in KINDS.items() if counts[kind])
        return told or self.say("意思没有变化。", "Nothing changed in meaning.")

    @property
    def labels(self) -> dict[str, Text]:
        return {name: unit.label for pack in (self.old, self.new) for name, unit in pack.vocabulary.units.items()}

    def counted(self, impact: Impact) -> str:
        counts = Counter(effect.kind for effect in impact.effects)
        told = ", ".join(f"{label.of(self.language)} {counts[kind]}" for kind, label in EFFECTS.items())
        return self.say(
            f"{impact.now:%Y-%m-%d %H:%M}，案件 {impact.cases} 件，事件 {impact.events} 个：{told}",
            f"{impact.now:%Y-%m-%d %H:%M}, {many(impact.cases, 'case')}, {many(impact.events, 'event')}: {told}",
        )

    def part(self, name: str) -> str:
        known = NAMES.get(name) or RULE_PARTS.get(name) or SUBJECTS.get(name)
        return known.of(self.language) if known else name

    def cases(self, change: Change) -> Iterator[tuple[str, str]]:
        if change.lost:
            yield self.say("原来成立、现在不成立：", "it stood, and stands no more:"), change.lost.yaml()
        if change.gained:
            yield self.say("原来不成立、现在成立：", "it did not stand, and does now:"), change.gained.yaml()

    def row(self, effect: Effect) -> tuple[str, str, str, str, str]:
        before, after = self.side(effect.before), self.side(effect.after)
        case = effect.case or self.say("日常事项", "agenda")
        return case, EFFECTS[effect.kind].of(self.language), effect.rule, before, after

    def side(self, obligation: Obligation | None) -> str:
        if obligation is None:
            return "—"
        due = obligation.deadline.due
        label = self.labels.get(obligation.bearer.id, obligation.bearer.label).of(self.language)
        return f"{label} ({moment(due) if due else self.say('不设期限', 'no limit')})"

    def refused(self, impact: Impact) -> list[str]:
        return [f"{where}: {why if isinstance(why, str) else messages.told(why, self.language)}" for where, why in impact.refused]  # fmt: skip


def alike(changes: Iterable[Change]) -> Iterator[tuple[Change, list[str]]]:
    """Changes that say the same of several things are told once: a reading that moves thirty deadlines is one change."""
    found: dict[object, tuple[Change, list[str]]] = {}
    for change in changes:
        alone = change.name if change.lost or change.gained or change.kind in ("added", "removed", "renamed") else None
        key = (change.kind, change.part, change.before, change.after, change.detail, alone)
        found.setdefault(key, (change, []))[1].append(change.name)
    yield from found.values()
