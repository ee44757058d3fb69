"""A rule's parts as a reader would say them: who, when, how long, on which condition."""

from __future__ import annotations

from dataclasses import dataclass, replace

from remit.expressions.printer import show
from remit.model.expression import (
    And,
    Compare,
    Compute,
    Expression,
    In,
    ListOf,
    Literal,
    Not,
    Or,
    Path,
    Quantify,
    Variable,
)
from remit.model.rule import (
    Accompanying,
    Act,
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
    Condition,
    Consequence,
    Earliest,
    Every,
    MonthDay,
    On,
    OnDay,
    OpenEnd,
    Rule,
    Selector,
    Timing,
    Window,
    Within,
)
from remit.model.terms import CountFrom, Period, Relation
from remit.model.text import Text
from remit.pack.load import Pack
from remit.program.compile import walk

PERIODS = {
    Period.YEAR: Text("每年", "every year"),
    Period.HALF_YEAR: Text("每半年", "every half-year"),
    Period.QUARTER: Text("每季度", "every quarter"),
    Period.MONTH: Text("每月", "every month"),
}
LENGTHS = {
    "hours": Text("小时", "hours"), "days": Text("日", "days"), "working_days": Text("个工作日", "working days"), "months": Text("个月", "months"),
}  # fmt: skip
RELATIONS = {
    Relation.PART_OF: Text("隶属", "part of"),
    Relation.REPORTS_TO: Text("报告", "reports to"),
    Relation.GUIDED_BY: Text("业务指导", "guided by"),
    Relation.MEMBER_OF: Text("成员", "member of"),
    Relation.OFFICE_OF: Text("办公室", "office of"),
    Relation.LOCATED_IN: Text("设在", "located in"),
}
#: The same, said of a unit whose edge leads there …
LEADS = {
    Relation.PART_OF: Text("隶属于", "part of"),
    Relation.REPORTS_TO: Text("报告给", "reports to"),
    Relation.GUIDED_BY: Text("受其业务指导", "guided by"),
    Relation.MEMBER_OF: Text("是其成员", "member of"),
    Relation.OFFICE_OF: Text("是其办公室", "office of"),
    Relation.LOCATED_IN: Text("设在", "located in"),
}
#: … and of the unit it leads to.
REVERSED = {
    Relation.PART_OF: Text("下属单位", "within it"),
    Relation.REPORTS_TO: Text("向它报告", "report to it"),
    Relation.GUIDED_BY: Text("受它业务指导", "guided by it"),
    Relation.MEMBER_OF: Text("它的成员", "its members"),
    Relation.OFFICE_OF: Text("它的办公室", "its office"),
    Relation.LOCATED_IN: Text("设在它那里", "located in it"),
}
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words of a pack in one language, put together."""

    pack: Pack
    language: str

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def of(self, text: Text) -> str:
        return text.of(self.language)

    # --- who -------------------------------------------------------------------------------------------

    def who(self, selector: Selector, *, bears: bool, triggered: bool) -> str:
        """Whom a selector means, the place and level it is sought at included."""
        match selector:
            case ByUnit(unit):
                return self.of(self.pack.vocabulary.units[unit].label)
            case ByReporter():
                return self.say("报告该事件的单位", "the unit that reports it")
            case ByDefaulter():
                return self.say("没有履行的单位", "the unit that failed")
            case ByFact(fact):
                label = self.pack.vocabulary.attributes[fact.partition(".")[2]].label
                return self.say(f"{label.zh}所指单位", f"the unit named as {label.en}")
            case ByStep(role, via, of):
                start = (
                    self.who(of, bears=bears, triggered=triggered)
                    if of is not None
                    else self.say("责任单位", "the bearer")
                )
                relation = self.of(RELATIONS[via])
                return self.say(
                    f"{start}沿“{relation}”关系所及最近的{self.named(role)}",
                    f"the nearest {self.named(role)} that {start} is {relation}, itself included",
                )
            case ByPeople(label):
                return self.of(label)
            case ByRelation():
                return self.related(selector)
            case ByRole():
                return self.with_role(selector, bears=bears, triggered=triggered)

    def with_role(self, selector: ByRole, *, bears: bool, triggered: bool) -> str:
        role, level = self.named(selector.role), self.level(selector.level)
        place = selector.place
        if place is None and triggered and not selector.each:
            place = "event.place" if bears else "bearer.place"
        at = self.place(place) if place is not None else ""
        climbing = self.say("（没有的，找上一级地方的）", " (or the nearest above)") if selector.enclosing else ""
        if selector.each:
            return self.say(
                f"{f'{at}的' if at else ''}每个{level}{role}", f"every {spaced(level)}{role}{f' {at}' if at else ''}"
            )
        return self.say(f"{f'{at}的' if at else ''}{level}{role}", f"the {spaced(level)}{role}{f' {at}' if at else ''}") + climbing  # fmt: skip

    def related(self, selector: ByRelation) -> str:
        of, level = self.named(selector.of), self.level(selector.level)
        at = self.place(selector.place) if selector.place is not None else ""
        where = self.say(f"{at}的" if at else "", f" {at}" if at else "")
        if selector.relation is Relation.MEMBER_OF:
            return self.say(f"{where}{level}{of}的每个成员单位", f"every member of the {spaced(level)}{of}{where}")
        if selector.relation is Relation.OFFICE_OF:
            return self.say(f"{where}{level}{of}的办公室", f"the office of the {spaced(level)}{of}{where}")
        relation = self.of(RELATIONS[selector.relation])
        return self.say(
            f"{where}{level}与{of}有“{relation}”关系的单位", f"{spaced(level)}units {relation} the {of}{where}"
        )

    def named(self, name: str) -> str:
        """A role, or a unit standing for one."""
        vocabulary = self.pack.vocabulary
        known = vocabulary.roles.get(name) or vocabulary.units.get(name)
        return self.of(known.label) if known else name

    def level(self, level: str | None) -> str:
        if level is None:
            return ""
        relative = {"same": self.say("同级", "same-level"), "upper": self.say("上一级", "next higher")}
        known = self.pack.vocabulary.level_labels.get(level)
        return relative.get(level) or (self.of(known) if known else level)

    def place(self, place: str) -> str:
        """Where a desk is sought, as the beginning (or, in English, the end) of a phrase."""
        if place == "event.place":
            return self.say("事件所在地", "where it happens")
        if place == "bearer.place":
            return self.say("责任单位所在地", "at the bearer's place")
        root, _, name = place.partition(".")
        attribute = self.pack.vocabulary.attributes.get(name)
        if root in ("event", "subject") and attribute is not None:
            label = self.of(attribute.label)
            return self.say(f"“{label}”所指地方", f"at the place given as “{label}”")
        known = self.pack.vocabulary.places.get(place)
        label = self.of(known.label) if known else place
        return self.say(label, f"at {label}")

    # --- when ------------------------------------------------------------------------------------------

    def trigger(self, rule: Rule) -> str:
        """What sets a rule off."""
        match rule.trigger:
            case On(events):
                labels = [self.of(self.pack.vocabulary.event_types[name].label) for name in events]
                return self.say("、", ", or ").join(labels)
            case Every(period):
                return self.of(PERIODS[period])
            case Always():
                return self.say("常设", "at all times")
            case Consequence():
                return self.say("另一项没有履行", "another duty was not met")

    def limit(self, rule: Rule) -> str:
        """By when, in words; of a standing norm there is no limit to tell."""
        timing = rule.timing
        if timing is None:
            match rule.trigger:
                case Every():
                    return self.say("当期结束之前", "before the period ends")
                case Always():
                    return self.say("持续", "continuous")
                case _:
                    return self.say("条文未定期限", "no limit is stated")
        return self.timing(timing, recurring=isinstance(rule.trigger, Every))

    def rule_label(self, name: str) -> str:
        """A rule as people call it."""
        known = self.pack.rules.get(name)
        return known.label.of(self.language) if known is not None and known.label is not None else name

    def timing(self, timing: Timing, *, recurring: bool = False) -> str:
        match timing:
            case Within(amount, unit, count_from, rolls_over):
                length = self.say(f"{amount}{LENGTHS[unit].zh}", f"{amount} {LENGTHS[unit].en if amount != 1 else LENGTHS[unit].en[:-1]}")  # fmt: skip
                start = self.say("自当期开始", "of the period's beginning") if recurring else self.start(count_from)
                return self.say(f"{start}{length}内", f"within {length} {start}") + self.rolling(rolls=rolls_over)
            case Window(opens, due, latest, rolls_over):
                last = "" if latest == due else self.say(f"，最迟{self.month_day(latest)}", f", at the latest {self.month_day(latest)}")  # fmt: skip
                return self.say(f"{self.month_day(opens)}至{self.month_day(due)}", f"{self.month_day(opens)} to {self.month_day(due)}") + last + self.rolling(rolls=rolls_over)  # fmt: skip
            case OnDay(day, rolls_over):
                return self.say(f"{day.year}年{day.month}月{day.day}日之前", f"by {day.day} {MONTHS[day.month - 1]} {day.year}") + self.rolling(rolls=rolls_over)  # fmt: skip
            case Accompanying(name):
                label = self.rule_label(name)
                return self.say(f"与“{label}”一并办理", f"together with “{label}”")
            case OpenEnd():
                return self.say("不设终点", "no end is set")
            case Earliest(limits):
                told = self.say("；", "; ").join(self.timing(limit, recurring=recurring) for limit in limits)
                return self.say(f"{told}；以最早者为准", f"{told}; whichever is earlier")
            case ByReading(name):
                reading = self.pack.vocabulary.readings[name]
                means = self.timing(reading.timing, recurring=recurring) if reading.timing else self.say("不设终点", "no end is set")  # fmt: skip
                return self.say(f"{means}（“{reading.label.zh}”之解释）", f"{means} (reading of “{reading.label.en}”)")

    def start(self, count_from: CountFrom) -> str:
        return (
            self.say("知悉之后", "of knowing")
            if count_from is CountFrom.KNOWN
            else self.say("发生之后", "of its happening")
        )

    def rolling(self, *, rolls: bool) -> str:
        return self.say("，末日逢节假日顺延", ", rolled over from a holiday") if rolls else ""

    def month_day(self, day: MonthDay) -> str:
        return self.say(f"{day.month}月{day.day}日", f"{day.day} {MONTHS[day.month - 1]}")

    # --- on which condition ----------------------------------------------------------------------------

    def condition(self, condition: Condition) -> str:
        return self.expression(condition.tree)

    def expression(self, tree: Expression) -> str:
        """A condition in the words of the vocabulary."""
        return show(tree if self.language == "zh" else labelled(tree), self.language)

    def facts(self, condition: Condition) -> tuple[str, ...]:
        """The attributes of the pack that a condition reads, in order."""
        known = self.pack.vocabulary.attributes
        read = (n.field for n in walk(condition.tree) if isinstance(n, Path) and isinstance(n.base, Variable))
        return tuple(dict.fromkeys(name for name in read if name in known and known[name].origin.file))

    def act(self, act: Act) -> str:
        label = self.of(self.pack.vocabulary.event_types[act.event].label)
        if act.where is None:
            return label
        where = self.expression(act.where)
        return self.say(f"{label}，且 {where}", f"{label}, where {where}")


def labelled(tree: Expression) -> Expression:
    """The same with every choice, unit, place and role under its English label, which is as good a name as its id."""
    match tree:
        case Literal(str(), _, Text() as label):
            return replace(tree, value=label.en)
        case ListOf(items):
            return replace(tree, items=tuple(labelled(item) for item in items))
        case And(left, right) | Or(left, right) | Compare(_, left, right) | Compute(_, left, right):
            return replace(tree, left=labelled(left), right=labelled(right))
        case Not(operand):
            return replace(tree, operand=labelled(operand))
        case In(item, collection):
            return replace(tree, item=labelled(item), collection=labelled(collection))
        case Quantify(_, _, _, predicate):
            return replace(tree, predicate=labelled(predicate))
        case _:
            return tree


def spaced(word: str) -> str:
    return f"{word} " if word else ""
