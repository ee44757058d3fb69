"""Selectors, limits and triggers of a rule in the words of an office: 各图书馆, 事发地主管部门, within 3 days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from remit.explain.words import Words
from remit.model.rule import (
    Accompanying,
    Always,
    ByDefaulter,
    ByFact,
    ByPeople,
    ByReading,
    ByRelation,
    ByReporter,
    ByRole,
    ByStep,
    ByUnit,
    Consequence,
    Earliest,
    Every,
    On,
    OnDay,
    OpenEnd,
    Rule,
    Selector,
    Timing,
    Window,
    Within,
)
from remit.model.terms import Period, Relation
from remit.model.text import Text
from remit.pack.load import Pack

PERIODS = {
    Period.YEAR: Text("每年", "each year"), Period.HALF_YEAR: Text("每半年", "each half-year"),
    Period.QUARTER: Text("每季度", "each quarter"), Period.MONTH: Text("每月", "each month"),
}  # fmt: skip
AMOUNTS = {
    "hours": Text("{}小时内", "within {} hours"), "days": Text("{}日内", "within {} days"),
    "working_days": Text("{}个工作日内", "within {} working days"), "months": Text("{}个月内", "within {} months"),
}  # fmt: skip
LEVELS = {"same": Text("同级", "same-level"), "upper": Text("上一级", "next higher")}
BODIES = {
    Relation.MEMBER_OF: Text("{}成员单位", "members of {}"), Relation.OFFICE_OF: Text("{}办公室", "the office of {}"),
    Relation.PART_OF: Text("{}组成部门", "parts of {}"), Relation.REPORTS_TO: Text("{}下级单位", "units reporting to {}"),
    Relation.GUIDED_BY: Text("{}指导的单位", "units guided by {}"), Relation.LOCATED_IN: Text("{}内设机构", "units located in {}"),
}  # fmt: skip


@dataclass(frozen=True)
class Phrases:
    """How one pack's rules are put in one language."""

    pack: Pack
    language: str

    @cached_property
    def words(self) -> Words:
        """The pack's labels."""
        return Words.of(self.pack)

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def label(self, name: str) -> str:
        return self.words.label(name).of(self.language)

    def together(self, names: Iterable[str]) -> str:
        return self.say("、", ", ").join(dict.fromkeys(names))

    # --- who --------------------------------------------------------------------------------------

    def parties(self, selectors: Iterable[Selector]) -> str:
        """All desks of one part."""
        return self.together(self.party(selector) for selector in selectors)

    def party(self, selector: Selector) -> str:
        """One selector."""
        match selector:
            case ByUnit(unit):
                return self.label(unit)
            case ByReporter():
                return self.say("报告单位", "whoever reports")
            case ByDefaulter():
                return self.say("未履行义务的单位", "the unit that failed")
            case ByFact(fact):
                label = self.pack.vocabulary.attributes[fact.partition(".")[2]].label
                return self.say(f"{label.zh}所指单位", f"the unit named as {label.en}")
            case ByStep(role, via, of):
                start = self.party(of) if of is not None else self.say("责任单位", "the bearer")
                along = BODIES[via].of(self.language).format("…")
                return self.say(
                    f"{start}（{along}）所及的{self.label(role)}", f"the {self.label(role)} above {start} ({along})"
                )
            case ByPeople(label):
                return label.of(self.language)
            case ByRole():
                return self.by_role(selector)
            case ByRelation():
                return self.by_relation(selector)

    def by_role(self, selector: ByRole) -> str:
        role = self.label(selector.role)
        level = self.level(selector.level)
        where = self.where(selector.place)
        if selector.each:
            return self.say(f"{where}各{level}{role}", f"each {level}{role}{where}")
        return self.say(f"{where}{level}{role}", f"the {level}{role}{where}")

    def by_relation(self, selector: ByRelation) -> str:
        body = BODIES[selector.relation].of(self.language).format(self.label(selector.of))
        level, where = self.level(selector.level), self.where(selector.place)
        each = self.say("各", "") if selector.each else ""
        return self.say(f"{where}{level}{each}{body}", f"{level}{body}{where}")

    def level(self, level: str | None) -> str:
        if level is None:
            return ""
        known = LEVELS.get(level) or self.pack.vocabulary.level_labels.get(level) or Text(level, level)
        return known.zh if self.language == "zh" else f"{known.en} "

    def where(self, place: str | None) -> str:
        """`event.place` and the others in words; a place by its name."""
        if place is None:
            return ""
        root, _, name = place.partition(".")
        if place == "event.place":
            return self.say("事发地", " where it happens")
        if place == "bearer.place":
            return self.say("所在地", " of the bearer's place")
        if root in {"event", "subject"} and name:
            attribute = self.pack.vocabulary.attributes.get(name)
            label = attribute.label.of(self.language) if attribute else name
            return self.say(f"{label}的", f" at the {label}")
        return self.say(self.label(place), f" of {self.label(place)}")

    # --- when -------------------------------------------------------------------------------------

    def limit(self, rule: Rule) -> str:
        """By when, a period's name before it."""
        period = PERIODS[rule.trigger.period].of(self.language) if isinstance(rule.trigger, Every) else ""
        if isinstance(rule.trigger, Always) and rule.timing is None:
            return self.say("长期", "standing")
        if rule.timing is None:
            return period or self.say("条文未规定期限", "the text sets no limit")
        told = self.timing(rule.timing)
        return self.say(f"{period}{'，' if period else ''}{told}", f"{period}{', ' if period else ''}{told}")

    def rule_label(self, name: str) -> str:
        """A rule as people call it."""
        known = self.pack.rules.get(name)
        return known.label.of(self.language) if known is not None and known.label is not None else name

    def timing(self, timing: Timing) -> str:
        match timing:
            case Within(amount, unit):
                return AMOUNTS[unit].of(self.language).format(amount)
            case Window(opens, due, latest):
                said = self.say(
                    f"{self.day(opens.month, opens.day)}至{self.day(due.month, due.day)}", f"from {opens} to {due}"
                )
                return said if latest == due else said + self.say(f"，最迟{self.day(latest.month, latest.day)}", f", at the latest {latest}")  # fmt: skip
            case OnDay(day):
                return self.say(f"{self.date(day)}前", f"by {day}")
            case Accompanying(name):
                label = self.rule_label(name)
                return self.say(f"与“{label}”一并办理", f"together with “{label}”")
            case OpenEnd():
                return self.say("不设终期", "no end is set")
            case Earliest(limits):
                told = self.say("；", "; ").join(self.timing(limit) for limit in limits)
                return self.say(f"{told}；以最早者为准", f"{told}; whichever is earlier")
            case ByReading(name):
                reading = self.pack.vocabulary.readings[name]
                label, means = reading.label.of(self.language), reading.means.of(self.language)
                return self.say(f"{label}（解释：{means}）", f"{label} (reading: {means})")

    def day(self, month: int, day: int) -> str:
        return f"{month}月{day}日"

    def date(self, day: date) -> str:
        return f"{day.year}年{day.month}月{day.day}日" if self.language == "zh" else day.isoformat()

    def moment(self, at: datetime) -> str:
        """A day, with the hour where it is not midnight."""
        return self.date(at.date()) if at.time() == time.min else f"{self.date(at.date())} {at:%H:%M}"

    def trigger(self, rule: Rule) -> str:
        """What sets it off."""
        match rule.trigger:
            case On(events):
                return self.together(self.label(event) for event in events)
            case Every(period):
                return PERIODS[period].of(self.language)
            case Always():
                return self.say("常设", "standing")
            case Consequence():
                causes = [r.id for p in self.pack.policies for r in p.rules if rule.id in r.then]
                return self.say(f"未履行 {'、'.join(causes)}", f"failure of {', '.join(causes)}")
