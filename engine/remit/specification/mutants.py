"""`mutants`: every change of one thing in one rule or reading that still makes a sound pack, as a careless hand would make it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from remit.expressions.printer import show
from remit.model.expression import Expression
from remit.model.rule import Act, Always, Condition, Every, On, Rule, Selector
from remit.model.terms import Jointly, Kind, Modality, Per
from remit.model.text import Text
from remit.model.vocabulary import Reading
from remit.pack.load import Pack
from remit.program.compile import RUN
from remit.specification.desks import Desks
from remit.specification.limits import of_rule, of_timing, other_periods
from remit.specification.slices import instead
from remit.specification.trees import edits

PARTS = {"bearer": "bearers", "performer": "performers", "to": "to", "with": "cooperating"}
WORDS = {"bearer": Text("责任单位", "bearer"), "performer": Text("承办单位", "performer"), "to": Text("对象", "recipient"), "with": Text("配合单位", "cooperating unit")}  # fmt: skip
MODALS = {Modality.MUST: Text("必须", "must"), Modality.MUST_NOT: Text("不得", "must not"), Modality.MAY: Text("可以", "may")}  # fmt: skip
PERS = {Per.CASE: Text("案件", "case"), Per.SUBJECT: Text("人", "subject"), Per.EVENT: Text("事件", "event")}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change. `rule` is the changed rule, or `reading` the changed reading; `of` is the id of either.

    Attributes:
        id: `rule:part.kind`, with a number where there are several; stable as long as the rule is.
        kind: the part and what was done to it, as `if.drop` or `by.amount`.
        change: in words.
    """

    id: str
    of: str
    kind: str
    change: Text
    rule: Rule | None = None
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A change before it has its name."""

    kind: str
    change: Text
    rule: Rule


def mutants(pack: Pack, only: Sequence[str] = ()) -> tuple[Mutant, ...]:
    """Every change of the pack, in order of its documents, readings last; sound ones only.

    Args:
        pack: the pack as it should be.
        only: ids of rules and readings; left out, all.
    """
    from remit.specification.soundness import Soundness

    sound = Soundness(pack)
    found: list[Mutant] = []
    for policy in pack.policies:
        for rule in policy.rules:
            if rule.modality in RUN and (not only or rule.id in only):
                made = named(changes(rule, pack))
                found += [m for m in made if m.rule and m.rule != rule and sound.holds(m.rule, rule)]
    for reading in pack.vocabulary.readings.values():
        if not only or reading.id in only:
            found += of_reading(reading)
    return tuple(found)


def named(changes: Iterator[Change]) -> Iterator[Mutant]:
    """Each with its id."""
    counted: Counter[str] = Counter()
    for one in changes:
        counted[one.kind] += 1
        number = f".{counted[one.kind]}" if counted[one.kind] > 1 else ""
        yield Mutant(f"{one.rule.id}:{one.kind}{number}", one.rule.id, one.kind, one.change, rule=one.rule)


def of_reading(reading: Reading) -> Iterator[Mutant]:
    """Its value changed."""
    if reading.timing is None:
        return
    for n, limit in enumerate(of_timing(reading.timing), 1):
        yield Mutant(f"reading {reading.id}:{limit.kind}.{n}", reading.id, f"reading.{limit.kind}", limit.change, reading=replace(reading, timing=limit.timing))  # fmt: skip


def changes(rule: Rule, pack: Pack) -> Iterator[Change]:
    """Every change of one thing in the rule, part by part."""
    yield from modalities(rule)
    yield from parties(rule, pack)
    yield from triggers(rule, pack)
    yield from conditions(rule, pack)
    yield from limits(rule, pack)
    yield from ends(rule, pack)


def modalities(rule: Rule) -> Iterator[Change]:
    for other in RUN - {rule.modality}:
        if (rule.modality is Modality.MUST_NOT) is (other is Modality.MAY):
            continue
        once = other is Modality.MUST and not isinstance(rule.trigger, Always)
        kind = Kind.ACHIEVEMENT if once else Kind.MAINTENANCE
        before, after = MODALS[rule.modality], MODALS[other]
        yield Change("modality", Text(f"“{before.zh}”改为“{after.zh}”", f"`{before.en}` becomes `{after.en}`"), replace(rule, modality=other, kind=kind))  # fmt: skip


def parties(rule: Rule, pack: Pack) -> Iterator[Change]:
    """Who bears it, does it, receives it, assists."""
    desks = Desks(pack.vocabulary)
    for part, field in PARTS.items():
        selectors: tuple[Selector, ...] = getattr(rule, field)
        word = WORDS[part]
        for n, selector in enumerate(selectors):
            rest = selectors[:n] + selectors[n + 1 :]
            if rest or part != "bearer":
                named = Text(f"去掉第{n + 1}个{word.zh}", f"drop the {word.en} number {n + 1}") if rest else Text(f"去掉{word.zh}", f"drop the {word.en}")  # fmt: skip
                yield Change(f"{part}.drop", named, with_part(rule, field, rest))
            for desk in desks.changes(selector, rule, part):
                said = Text(f"{word.zh}：{desk.change.zh}", f"{word.en}: {desk.change.en}")
                yield Change(f"{part}.{desk.kind}", said, with_part(rule, field, (*selectors[:n], desk.selector, *selectors[n + 1 :])))  # fmt: skip
    if len(rule.bearers) > 1:
        other = Jointly.ANY if rule.jointly is Jointly.EACH else Jointly.EACH
        yield Change("jointly", Text("各自与任一对调", "`each` and `any` exchanged"), replace(rule, jointly=other))


def with_part(rule: Rule, field: str, selectors: tuple[Selector, ...]) -> Rule:
    match field:
        case "bearers":
            return replace(rule, bearers=selectors)
        case "performers":
            return replace(rule, performers=selectors)
        case "to":
            return replace(rule, to=selectors)
        case _:
            return replace(rule, cooperating=selectors)


def triggers(rule: Rule, pack: Pack) -> Iterator[Change]:
    """What sets it off, and for what one obligation is made."""
    match rule.trigger:
        case On(events):
            for n, kind in enumerate(events):
                label = pack.vocabulary.event_types[kind].label
                if len(events) > 1:
                    rest = On(events[:n] + events[n + 1 :])
                    yield Change("on.drop", Text(f"去掉触发事件“{label.zh}”", f"drop the trigger `{label.en}`"), replace(rule, trigger=rest))  # fmt: skip
                for other in other_events(kind, events, pack):
                    after = pack.vocabulary.event_types[other].label
                    swapped = On((*events[:n], other, *events[n + 1 :]))
                    yield Change("on.event", Text(f"触发事件“{label.zh}”改为“{after.zh}”", f"the trigger `{label.en}` becomes `{after.en}`"), replace(rule, trigger=swapped))  # fmt: skip
            for per in Per:
                if per is not rule.per:
                    yield Change("per", Text(f"按{PERS[rule.per].zh}改为按{PERS[per].zh}", f"per {PERS[rule.per].en} becomes per {PERS[per].en}"), replace(rule, per=per))  # fmt: skip
        case Every(period):
            for other_period in other_periods(period):
                yield Change("every", Text(f"周期 {period} 改为 {other_period}", f"the period {period} becomes {other_period}"), replace(rule, trigger=Every(other_period)))  # fmt: skip
        case _:
            return


def other_events(kind: str, had: tuple[str, ...], pack: Pack) -> Iterator[str]:
    """The types most like it: of the pack's own, those which carry most of the same facts."""
    mine = set(pack.vocabulary.event_types[kind].attributes)
    others = [t for t in pack.vocabulary.event_types.values() if not t.built_in and t.id not in had]
    ranked = sorted(others, key=lambda t: (-len(mine & set(t.attributes)), len(t.attributes), t.id))
    yield from (t.id for t in ranked[:2])


def conditions(rule: Rule, pack: Pack) -> Iterator[Change]:
    """Condition and exception; which rules it sets aside."""
    for part, field, zh, en in (("if", "condition", "条件", "condition"), ("unless", "exception", "例外", "exception")):
        condition: Condition | None = getattr(rule, field)
        if condition is None:
            continue
        shown = Text(f"去掉{zh}“{show(condition.tree, 'zh')}”", f"drop the {en} `{show(condition.tree, 'en')}`")
        yield Change(f"{part}.drop", shown, with_condition(rule, field, None))
        for edit in edits(condition.tree, pack.vocabulary.attributes):
            said = Text(f"{zh}：{edit.change.zh}", f"{en}: {edit.change.en}")
            yield Change(f"{part}.{edit.kind}", said, with_condition(rule, field, edit.tree))
    for name in rule.overrides:
        rest = tuple(other for other in rule.overrides if other != name)
        yield Change("overrides.drop", Text(f"去掉“优先于 {name}”", f"drop `overrides: {name}`"), replace(rule, overrides=rest))  # fmt: skip


def with_condition(rule: Rule, field: str, tree: Expression | None) -> Rule:
    old = rule.condition if field == "condition" else rule.exception
    made = Condition(tree, show(tree), old.origin) if tree is not None and old is not None else None
    return replace(rule, condition=made) if field == "condition" else replace(rule, exception=made)


def limits(rule: Rule, pack: Pack) -> Iterator[Change]:
    if rule.timing is not None:
        for limit in of_rule(rule.timing, dict(pack.vocabulary.readings)):
            yield Change(f"by.{limit.kind}", limit.change, replace(rule, timing=limit.timing))


def ends(rule: Rule, pack: Pack) -> Iterator[Change]:
    """What discharges or breaches it, what its failure sets off, whether the receipt counts."""
    for part, acts in (("done", rule.done), ("breach", rule.breach)):
        word = Text("完成", "discharge") if part == "done" else Text("违反情形", "breach")
        for n, act in enumerate(acts):
            label = pack.vocabulary.event_types[act.event].label
            rest = (*acts[:n], *acts[n + 1 :])
            yield Change(f"{part}.drop", Text(f"去掉{word.zh}“{label.zh}”", f"drop the {word.en} `{label.en}`"), with_acts(rule, part, rest))  # fmt: skip
            if act.where is not None:
                bare = (*acts[:n], Act(act.event), *acts[n + 1 :])
                yield Change(f"{part}.where-drop", Text(f"去掉{word.zh}的条件“{show(act.where, 'zh')}”", f"drop the condition `{show(act.where, 'en')}` of the {word.en}"), with_acts(rule, part, bare))  # fmt: skip
                for edit in edits(act.where, pack.vocabulary.attributes):
                    made = (*acts[:n], Act(act.event, edit.tree), *acts[n + 1 :])
                    yield Change(f"{part}.where-{edit.kind}", Text(f"{word.zh}：{edit.change.zh}", f"{word.en}: {edit.change.en}"), with_acts(rule, part, made))  # fmt: skip
    for name in rule.then:
        rest_then = tuple(other for other in rule.then if other != name)
        yield Change("then.drop", Text(f"去掉后果 {name}", f"drop `then: {name}`"), replace(rule, then=rest_then))
    if rule.handover:
        yield Change("handover.drop", Text("不再以签收为完成", "complete without a receipt"), replace(rule, handover=False))  # fmt: skip
    if rule.timing is not None and rule.modality is Modality.MUST:
        said = Text("逾期后不再须履行", "no longer owed once overdue") if rule.perdurant else Text("逾期后仍须履行", "still owed once overdue")  # fmt: skip
        yield Change("perdurant", said, replace(rule, perdurant=not rule.perdurant))


def with_acts(rule: Rule, part: str, acts: tuple[Act, ...]) -> Rule:
    return replace(rule, done=acts) if part == "done" else replace(rule, breach=acts)


def applied(pack: Pack, mutant: Mutant) -> Pack:
    """The pack with the change made."""
    if mutant.reading is not None:
        readings = {**pack.vocabulary.readings, mutant.reading.id: mutant.reading}
        return replace(pack, vocabulary=replace(pack.vocabulary, readings=readings))
    policies = (replace(p, rules=tuple(instead(r, mutant.rule) for r in p.rules)) for p in pack.policies)
    return replace(pack, policies=tuple(policies))
