"""Selectors, timings and acts in words, for people who compare them."""

from __future__ import annotations

from collections.abc import Iterable

from remit.analysis.norms import spoken as condition
from remit.deadlines.days import clock
from remit.model.counting import Counting
from remit.model.rule import (
    Accompanying,
    Act,
    Always,
    ByDefaulter,
    ByFact,
    ByPeople,
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
    Selector,
    Timing,
    Trigger,
    Window,
    Within,
)
from remit.model.terms import CountFrom, Relation
from remit.model.text import Text, many
from remit.model.vocabulary import Vocabulary
from remit.pack.dialect import spoken as fixed

UNITS = {
    "hours": Text("小时", "hours"), "days": Text("日", "days"), "working_days": Text("个工作日", "working days"), "months": Text("个月", "months"),
}  # fmt: skip
#: How places are found, in Chinese.
WAYS = {
    "event.place": "事件地点", "bearer.place": "责任单位所在地", "enclosing": "或上级范围", "same": "同级", "upper": "上一级",
}  # fmt: skip
RELATIONS = {
    Relation.PART_OF: Text("下属", "part of"), Relation.REPORTS_TO: Text("下级", "reporting to"), Relation.GUIDED_BY: Text("受指导单位", "guided by"),
    Relation.MEMBER_OF: Text("成员", "member of"), Relation.OFFICE_OF: Text("办公室", "office of"), Relation.LOCATED_IN: Text("内设单位", "located in"),
}  # fmt: skip
#: The steps of counting.
COUNTED = {
    "hours_from": Text("小时自", "hours from"), "day_of_event": Text("当日", "the day of the event"), "months": Text("月", "months"),
    "rolls_over": Text("顺延", "rolls over"), "last_day": Text("最后一日至", "the last day until"), "at_least": Text("至少：", "at least"),
}  # fmt: skip
NONE = Text("无", "none")


def joined(parts: Iterable[Text], between: Text = Text("、", ", ")) -> Text:  # noqa: B008
    """Several in a row; `none` where there are none."""
    told = list(parts)
    return Text(between.zh.join(t.zh for t in told), between.en.join(t.en for t in told)) if told else NONE


def limit(timing: Timing | None) -> Text:
    """A limit, its reading resolved."""
    match timing:
        case Within(amount, unit, count_from, rolls_over):
            zh, en = f"{amount}{UNITS[unit].zh}", f"{amount} {UNITS[unit].en}"
            if count_from is CountFrom.EVENT:
                zh, en = f"自事件起{zh}", f"{en} from the event"
            return Text(zh + "（顺延）", en + " (rolls over)") if rolls_over else Text(zh, en)
        case Window(opens, due, latest):
            return Text(f"{opens} 至 {latest}，期限 {due}", f"{opens} to {latest}, due {due}")
        case OnDay(day):
            return Text(f"{day}", f"{day}")
        case Earliest(limits):
            told = joined((limit(one) for one in limits), Text("；", "; "))
            return Text(f"{told.zh}，以最早者为准", f"{told.en}, whichever is earlier")
        case Accompanying(rule):
            return Text(f"与 {rule} 一并办理", f"together with {rule}")
        case None | OpenEnd():
            return Text("不设期限", "no limit")
        case _:
            return Text(timing.reading, timing.reading)


def counting(value: Counting) -> Text:
    """A convention of counting: its law, then what it says."""
    words = {"hours_from": value.hours_from, "day_of_event": value.day_of_event, "rolls_over": value.rolls_over, "last_day": clock(value)}  # fmt: skip
    told = [value.law]
    for step, name in COUNTED.items():
        word, article = words.get(step, ""), value.articles.get(step)
        if step == "at_least" and value.at_least is not None:
            days, length = value.at_least.working_days, value.at_least.in_days
            said = Text(
                f"{length}日以上的期间含{days}个工作日", f"{many(days, 'working day')} in {many(length, 'day')} or more"
            )
        else:
            said = Text(fixed(word, "zh"), word.replace("_", " "))
        if said.en or article is not None:
            cited = Text(f"（{article.zh}）", f" ({article.en})") if article is not None else Text("", "")
            told.append(Text(f"{name.zh}{said.zh}{cited.zh}", f"{name.en} {said.en}".strip() + cited.en))
    return joined(told, Text("，", ", "))


def trigger(value: Trigger, words: Vocabulary) -> Text:
    """What sets a rule off."""
    match value:
        case On(events):
            return joined(
                words.event_types[name].label if name in words.event_types else Text(name, name) for name in events
            )
        case Every(period):
            return Text(f"每{fixed(period, 'zh')}", f"every {period.replace('_', ' ')}")
        case Always():
            return Text("常设", "standing")
        case Consequence():
            return Text("其他规则的后果", "the failure of other rules")


def selector(value: Selector, words: Vocabulary) -> Text:
    """Which desk is meant."""

    def name(of: str) -> Text:
        known = words.units.get(of) or words.roles.get(of)
        return known.label if known else Text(of, of)

    ways = {**WAYS, **{level: label.zh for level, label in words.level_labels.items()}}
    match value:
        case ByUnit(unit):
            return name(unit)
        case ByReporter():
            return Text("报告单位", "the reporter")
        case ByDefaulter():
            return Text("失责单位", "the defaulter")
        case ByFact(fact):
            known = words.attributes.get(fact.partition(".")[2])
            return (
                Text(f"{known.label.zh}所指单位", f"the unit named as {known.label.en}") if known else Text(fact, fact)
            )
        case ByStep(role, via, of):
            start = selector(of, words) if of is not None else Text("责任单位", "the bearer")
            along, found = RELATIONS[via], name(role)
            return Text(f"{start.zh}沿“{along.zh}”所及的{found.zh}", f"the {found.en} that {start.en} is {along.en}")
        case ByPeople(label):
            return label
        case ByRole(role, place, level, enclosing, each):
            said = name(role)
            zh, en = (f"各{said.zh}", f"each {said.en}") if each else (said.zh, said.en)
            more = [Text(ways.get(w, w), w) for w in (place, level, "enclosing" if enclosing else None) if w]
        case ByRelation(relation, of, place, level):
            said = name(of)
            zh, en = f"{said.zh}的{RELATIONS[relation].zh}", f"{RELATIONS[relation].en} {said.en}"
            more = [Text(ways.get(w, w), w) for w in (place, level) if w]
    told = joined(more)
    return Text(f"{zh}［{told.zh}］", f"{en} [{told.en}]") if more else Text(zh, en)


def selectors(values: Iterable[Selector], words: Vocabulary) -> Text:
    return joined(selector(value, words) for value in values)


def acts(values: Iterable[Act], words: Vocabulary) -> Text:
    """What discharges or breaches."""

    def one(act: Act) -> Text:
        label = words.event_types[act.event].label if act.event in words.event_types else Text(act.event, act.event)
        if act.where is None:
            return label
        said = condition(act.where)
        return Text(f"{label.zh}（{said.zh}）", f"{label.en} ({said.en})")

    return joined((one(act) for act in values), Text("；", "; "))
