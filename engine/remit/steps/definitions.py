"""The steps, each in Chinese and in English. Names are any name of the vocabulary, in quotation marks; times are `2024-05-06 21:00` or a day."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pytest
from pytest_bdd import given, parsers, then, when

from remit.errors import nearest
from remit.model.terms import Modality, Status
from remit.steps import pack_above
from remit.steps.story import Story, pack_at, parties_of

F = TypeVar("F", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class Definition:
    """One wording of a step: `given`, `when` or `then`, how it reads, and what it does."""

    kind: str
    parser: parsers.re
    function: Callable[..., None]


#: Every wording, in the order in which they are tried; pytest-bdd knows the same ones.
DEFINITIONS: list[Definition] = []
Table = Sequence[Sequence[str]]
KINDS = {"given": given, "when": when, "then": then}
TIME = r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2})?"
MODALS = {
    "必须": Modality.MUST, "不得": Modality.MUST_NOT, "可以": Modality.MAY,
    "must": Modality.MUST, "must not": Modality.MUST_NOT, "may": Modality.MAY,
}  # fmt: skip
#: What a step may add about an obligation, as `，期限“…”` or `, by "…"`.
CLAUSES = {
    "向": "to", "会同": "with", "承办": "performer", "期限": "due", "最早": "opens", "最迟": "latest", "依据": "article",
    "状态": "status", "周期": "period", "当事人": "subject", "规则": "rule",
    "to": "to", "with": "with", "performed by": "performer", "by": "due", "from": "opens", "at the latest": "latest",
    "under": "article", "status": "status", "period": "period", "for": "subject", "rule": "rule",
}  # fmt: skip
COLUMNS = {
    "单位": "unit", "单位数": "units", "行动": "action", "情态": "modality", "对象": "to", "会同": "with", "承办": "performer", "期限": "due",
    "最早": "opens", "最迟": "latest", "依据": "article", "状态": "status", "周期": "period", "当事人": "subject", "规则": "rule",
    "unit": "unit", "units": "units", "action": "action", "modality": "modality", "to": "to", "with": "with", "performed by": "performer",
    "by": "due", "from": "opens", "at the latest": "latest", "under": "article", "status": "status", "period": "period", "for": "subject",
    "rule": "rule",
}  # fmt: skip
ABOUT = {
    "涉及": "subject",
    "知悉于": "known_at",
    "记为": "id",
    "about": "subject",
    "known on": "known_at",
    "as": "id",
}
INSIDE = r"(?:[^“”\"]|“[^“”]*”)*"  # a name may itself hold a quoted word: “落实“护学岗””
QUOTED = re.compile(rf"[“\"]({INSIDE})[”\"]")
CLAUSE = "|".join(sorted(CLAUSES, key=len, reverse=True))
#: What divides two clauses: a comma, or in English a blank alone.
BETWEEN = r"(?:[，,]\s*|\s+)"
#: `“甲”、“乙”等5个单位`: some of them by name, and how many there are.
AMONG = r"(?:等(?P<zh>\d+)个单位|\s+of (?P<en>\d+) units?)"
AMONG_ANY = re.sub(r"\?P<\w+>", "?:", AMONG)
ONE_CLAUSE = re.compile(rf"{BETWEEN}({CLAUSE})\s*((?:、?[“\"]{INSIDE}[”\"])+){AMONG}?")
TAIL = rf"(?P<tail>(?:{BETWEEN}(?:{CLAUSE})\s*(?:、?[“\"]{INSIDE}[”\"])+{AMONG_ANY}?)*)"
IN_CELL = re.compile(rf"(?P<names>.*?){AMONG}")
DETAIL = "|".join(sorted(ABOUT, key=len, reverse=True))
ONE_EXTRA = re.compile(rf"[，,]?\s*({DETAIL})\s*(?:[“\"]({INSIDE})[”\"]|({TIME}))")
EXTRA = rf"(?P<extra>(?:[，,]?\s*(?:{DETAIL})\s*(?:[“\"]{INSIDE}[”\"]|{TIME}))*)"


def q(name: str) -> str:
    """A quoted name."""
    return rf"[“\"](?P<{name}>{INSIDE})[”\"]"


def step(kind: str, *patterns: str) -> Callable[[F], F]:
    """One step in all its wordings."""

    def register(function: F) -> F:
        for pattern in patterns:
            parser = parsers.re(rf"\s*{pattern}\s*[：:]?$")
            KINDS[kind](parser, stacklevel=2)(function)
            DEFINITIONS.append(Definition(kind, parser, function))
        return function

    return register


@pytest.fixture
def remit_story(request: pytest.FixtureRequest) -> Story:
    """The scenario being told, over the pack its feature file lies in."""
    root = pack_above(request.path)
    assert root is not None
    return Story(pack_at(root), case=request.node.name)


def pytest_bdd_after_scenario(request: pytest.FixtureRequest) -> None:
    """A refusal nobody expected fails the scenario; and both matchers must agree on all of it."""
    if pack_above(request.path) is None or sys.exc_info()[0] is not None:
        return
    story: Story = request.getfixturevalue("remit_story")
    story.require_accepted()
    story.same_by_reference()


# --- given ---------------------------------------------------------------------------------------


@step("given", rf"现在是(?P<at>{TIME})", rf"it is (?P<at>{TIME})")
def now_is(remit_story: Story, at: str) -> None:
    remit_story.engine.advance(remit_story.moment(at))


@step("given", rf"案件{q('case')}", rf"the case {q('case')}")
def the_case(remit_story: Story, case: str) -> None:
    remit_story.case = case


@step("given", rf"{q('unit')}是{q('role')}", rf"{q('unit')} is an? {q('role')}")
def has_role(remit_story: Story, unit: str, role: str) -> None:
    known = remit_story.pack.vocabulary.units[remit_story.name("unit", unit)]
    has = ", ".join(remit_story.words.label(name).of(remit_story.language) for name in known.roles)
    assert remit_story.name("role", role) in known.roles, remit_story.say(
        f"{unit}的角色是：{has}", f"{unit} has the roles {has}"
    )


@step("given", rf"{q('unit')}位于{q('place')}", rf"{q('unit')} lies in {q('place')}")
def lies_in(remit_story: Story, unit: str, place: str) -> None:
    graph = remit_story.pack.graph
    at = graph.units[remit_story.name("unit", unit)].place
    where = remit_story.words.label(at).of(remit_story.language)
    assert remit_story.name("place", place) in graph.around(at), remit_story.say(
        f"{unit}位于{where}", f"{unit} lies in {where}"
    )


@step(
    "given",
    rf"已知当事人的?{q('fact')}为{q('value')}",
    rf"the person's {q('fact')} is {q('value')}",
    rf"已知{q('fact')}为{q('value')}",
    rf"the {q('fact')} is {q('value')}",
)
def fact_known(remit_story: Story, fact: str, value: str) -> None:
    remit_story.facts[remit_story.name("attribute", fact)] = value


# --- when ----------------------------------------------------------------------------------------


def extras(written: str | None) -> dict[str, str]:
    """`，涉及“…”，知悉于…，记为“…”`."""
    return {ABOUT[m[1]]: (m[2] or m[3]).replace(" ", "T" if m[3] else " ") for m in ONE_EXTRA.finditer(written or "")}


def stated(story: Story, datatable: Table | None) -> dict[str, str]:
    """The facts of a two-column table; a heading row is left out."""
    rows = [(row[0], row[1]) for row in datatable or ()]
    return {
        story.name("attribute", fact): value
        for fact, value in rows
        if (fact, value) not in (("属性", "值"), ("事实", "值"), ("fact", "value"))
    }


@step(
    "when",
    rf"(?P<at>{TIME})[，,]?{q('unit')}(?:在{q('place')})?报告{q('kind')}{EXTRA}",
    rf"on (?P<at>{TIME}) {q('unit')} reports {q('kind')}(?: (?:in|at) {q('place')})?{EXTRA}",
)
def reports(
    remit_story: Story,
    at: str,
    unit: str,
    kind: str,
    place: str | None,
    extra: str,
    datatable: Table | None = None,
) -> None:
    happened(remit_story, at, kind, place or unit, extra, datatable, unit)


@step(
    "when",
    rf"(?P<at>{TIME})[，,]?(?:在{q('place')})?发生{q('kind')}{EXTRA}",
    rf"on (?P<at>{TIME}) {q('kind')} happens(?: (?:in|at) {q('place')})?{EXTRA}",
)
def happens(
    remit_story: Story,
    at: str,
    kind: str,
    place: str | None,
    extra: str,
    datatable: Table | None = None,
) -> None:
    happened(remit_story, at, kind, place, extra, datatable, None)


def happened(
    story: Story,
    at: str,
    kind: str,
    place: str | None,
    extra: str,
    datatable: Table | None,
    unit: str | None,
) -> None:
    given_place = (story.pack.find("place", place) or story.name("unit", place)) if place else None
    by = story.name("unit", unit) if unit else None
    fields = {"by": by, "place": given_place, **extras(extra)}
    story.report(story.name("event", kind), at, fields | stated(story, datatable))


@step(
    "when",
    rf"(?P<at>{TIME})[，,]?{q('unit')}(?P<verb>履行|违反){q('action')}{EXTRA}",
    rf"on (?P<at>{TIME}) {q('unit')} (?P<verb>performs|violates) {q('action')}{EXTRA}",
)
def acts(remit_story: Story, at: str, unit: str, verb: str, action: str, extra: str) -> None:
    kind = "performed" if verb in ("履行", "performs") else "violated"
    fields = {"by": remit_story.name("unit", unit), "action": remit_story.name("action", action)}
    remit_story.report(kind, at, fields | extras(extra))


@step(
    "when",
    rf"(?P<at>{TIME})[，,]?撤回{q('event')}",
    rf"on (?P<at>{TIME}) {q('event')} is retracted",
)
def retracts(remit_story: Story, at: str, event: str) -> None:
    remit_story.report("retraction", at, {"of": event})


@step(
    "when",
    rf"(?P<at>{TIME})[，,]?更正{q('event')}",
    rf"on (?P<at>{TIME}) {q('event')} is corrected",
)
def corrects(remit_story: Story, at: str, event: str, datatable: Table) -> None:
    """The corrected event is the old one with the facts of the table."""
    old = next((e for e in remit_story.engine.events if e.id == event), None)
    assert old is not None, remit_story.say(f"没有报告过“{event}”", f"no event `{event}` was reported")
    changed = stated(remit_story, datatable)
    fields: dict[str, object] = {
        "type": old.type, "at": old.at.isoformat(), "by": old.by, "place": old.place, "subject": old.subject,
        **{k: v for k, v in old.data.items() if k not in changed}, **changed,
    }  # fmt: skip
    remit_story.count += 1
    remit_story.engine.submit(
        {"id": f"e{remit_story.count}", "type": "correction", "at": at.replace(" ", "T"), "case": old.case, "of": event,
         "event": {k: v for k, v in fields.items() if v is not None}}
    )  # fmt: skip


@step(
    "when",
    rf"(?P<at>{TIME})[，,]?(?P<verb>免除|中止|恢复|争议)规则{q('rule')}(?:[，,]依据{q('why')})?",
    rf"on (?P<at>{TIME}) rule {q('rule')} is (?P<verb>waived|suspended|resumed|disputed)(?: by {q('why')})?",
)
def steers(remit_story: Story, at: str, verb: str, rule: str, why: str | None) -> None:
    kinds = {
        "免除": "waiver", "中止": "suspension", "恢复": "resumption", "争议": "dispute",
        "waived": "waiver", "suspended": "suspension", "resumed": "resumption", "disputed": "dispute",
    }  # fmt: skip
    fields = {"authority" if kinds[verb] == "waiver" else "reason": why} if why else {}
    remit_story.report(kinds[verb], at, {"rule": rule} | fields)


@step(
    "when",
    rf"(?P<at>{TIME})[，,]?{q('unit')}签收规则{q('rule')}",
    rf"on (?P<at>{TIME}) {q('unit')} acknowledges rule {q('rule')}",
)
def acknowledges(remit_story: Story, at: str, unit: str, rule: str) -> None:
    remit_story.report("receipt", at, {"by": remit_story.name("unit", unit), "rule": rule})


@step("when", rf"时间到(?P<at>{TIME})", rf"time passes to (?P<at>{TIME})")
def passes(remit_story: Story, at: str) -> None:
    remit_story.engine.advance(remit_story.moment(at))


# --- then ----------------------------------------------------------------------------------------


def clauses(tail: str | None) -> dict[str, Sequence[str]]:
    """`，向“甲”、“乙”等3个单位，期限“…”` → what is said of the obligation; how many there are, under `to_count`."""
    said: dict[str, Sequence[str]] = {}
    for m in ONE_CLAUSE.finditer(tail or ""):
        said[CLAUSES[m[1]]] = QUOTED.findall(m[2])
        number = m["zh"] or m["en"]
        if number:
            said[f"{CLAUSES[m[1]]}_count"] = [number]
    return said


def column(story: Story, name: str) -> str:
    """What a heading means."""
    close = nearest(name, COLUMNS)
    assert name in COLUMNS, story.say(f"“{name}”不是可用的列", f"`{name}` is no column of this table") + (
        story.say(f"；最接近的是“{close}”", f"; nearest: `{close}`") if close else ""
    )
    return COLUMNS[name]


def in_cell(name: str, cell: str) -> dict[str, Sequence[str]]:
    """`甲、乙等3个单位` in a table's cell, as in `clauses`; `无` says that there is none."""
    if cell in ("无", "none") and name in ("performer", "to", "with"):
        return {f"{name}_count": ["0"]}
    among = IN_CELL.fullmatch(cell)
    if among is None:
        return {name: cell.split("、")}
    return {name: among["names"].split("、"), f"{name}_count": [among["zh"] or among["en"]]}


@step(
    "then",
    rf"{q('unit')}(?P<modal>必须|不得|可以){q('action')}{TAIL}",
    rf"{q('unit')} (?P<modal>must not|must|may) {q('action')}{TAIL}",
)
def is_owed(remit_story: Story, unit: str, modal: str, action: str, tail: str) -> None:
    remit_story.find(unit, MODALS[modal], action, **clauses(tail))


@step("then", rf"{q('unit')}没有义务{q('action')}", rf"{q('unit')} has no duty to {q('action')}")
def is_not_owed(remit_story: Story, unit: str, action: str) -> None:
    bearer, act = remit_story.name("unit", unit), remit_story.name("action", action)
    found = [o for o in remit_story.all_owed(act) if o.bearer.id == bearer]
    assert not found, remit_story.listing(found)


@step(
    "then",
    rf"没有单位(?:必须|不得|可以){q('action')}",
    rf"nobody (?:must|must not|may) {q('action')}",
)
def nobody_owes(remit_story: Story, action: str) -> None:
    found = remit_story.all_owed(remit_story.name("action", action))
    assert not found, remit_story.listing(found)


@step(
    "then",
    rf"共有(?P<number>\d+)个单位(?P<modal>必须|不得|可以){q('action')}(?:[，,]规则{q('rule')})?",
    rf"(?P<number>\d+) units? (?P<modal>must not|must|may) {q('action')}(?:,? rule {q('rule')})?",
)
def so_many_owe(remit_story: Story, number: str, modal: str, action: str, rule: str | None) -> None:
    remit_story.counted(MODALS[modal], action, int(number), rule)


@step("then", rf"规则{q('rule')}产生义务", rf"rule {q('rule')} raises a duty")
def rule_raises(remit_story: Story, rule: str) -> None:
    assert remit_story.of_rule(rule), (
        f"{remit_story.say(f'规则 {rule} 没有产生义务。', f'rule {rule} raised nothing.')}\n{remit_story.listing(remit_story.owed())}"
    )


@step(
    "then",
    rf"规则{q('rule')}不产生义务(?:[，,]因为{q('why')})?",
    rf"rule {q('rule')} raises nothing(?:, because {q('why')})?",
)
def rule_raises_nothing(remit_story: Story, rule: str, why: str | None) -> None:
    from remit.explain.text import text

    found = remit_story.of_rule(rule)
    assert not found, remit_story.listing(found)
    if why is not None:
        told = text(remit_story.engine.why_not(rule, remit_story.case), remit_story.language)
        assert why in told, told


#: What each part of a rule is called in a step.
PARTIES = {
    "责任单位": "bearer", "承办单位": "performer", "对象": "to", "配合单位": "with",
    "bearer": "bearer", "performer": "performer", "recipient": "to", "cooperating unit": "with",
}  # fmt: skip


@step(
    "then",
    rf"规则{q('rule')}的(?P<part>责任单位|承办单位|对象|配合单位)未能确定",
    rf"the (?P<part>bearer|performer|recipient|cooperating unit) of rule {q('rule')} is not settled",
)
def not_settled(remit_story: Story, rule: str, part: str) -> None:
    found = remit_story.of_rule(rule)
    assert found, remit_story.say(f"规则 {rule} 没有产生义务", f"rule {rule} raised nothing")
    settled = [o for o in found if all(party.routed for party in parties_of(o)[PARTIES[part]])]
    assert not settled, remit_story.listing(settled)


@step("then", r"此外没有其他义务", r"没有产生任何义务", r"nothing else arises", r"nothing arises")
def nothing_else(remit_story: Story) -> None:
    remit_story.nothing_else()


@step("then", r"(?P<exactly>恰好)?产生以下义务", r"(?P<exactly>exactly )?these duties arise")
def these_arise(remit_story: Story, exactly: str | None, datatable: Table) -> None:
    head = [column(remit_story, name) for name in datatable[0]]
    missing = [remit_story.say(zh, en) for zh, en in (("单位", "unit"), ("行动", "action")) if en not in head]
    assert not missing, remit_story.say("表格缺少列：", "the table lacks the column ") + "、".join(missing)
    for row in datatable[1:]:
        said = {name: cell for name, cell in zip(head, row, strict=True) if cell}
        unit, action = said.pop("unit"), said.pop("action")
        modality = MODALS[said.pop("modality", "must")]
        units, rule = said.pop("units", None), said.get("rule")
        if units:
            remit_story.counted(modality, action, int(units) if units.isdecimal() else -1, rule)
        remit_story.find(unit, modality, action, **{k: v for name, cell in said.items() for k, v in in_cell(name, cell).items()})  # fmt: skip
    if exactly:
        remit_story.nothing_else()


@step(
    "then",
    rf"{q('unit')}是否(?P<modal>必须|不得|可以){q('action')}未决[，,]须向{q('whom')}查明{q('fact')}",
    rf"whether {q('unit')} (?P<modal>must not|must|may) {q('action')} is undecided, and {q('whom')} is asked for {q('fact')}",
)
def is_undecided(remit_story: Story, unit: str, modal: str, action: str, whom: str, fact: str) -> None:
    found = remit_story.find(unit, MODALS[modal], action, status=["undecided"])
    attribute, role = remit_story.name("attribute", fact), remit_story.name("role", whom)
    asked = {(q.fact.partition(".")[2], q.asked_of) for q in found.questions}
    words = remit_story.words.label
    shown = [": ".join(words(str(name)).of(remit_story.language) for name in pair if name) for pair in asked]
    assert (attribute, role) in asked, remit_story.say("须查明的是：", "asked: ") + ", ".join(sorted(shown))


@step(
    "then",
    rf"规则{q('rule')}未决[，,]须查明{q('fact')}",
    rf"rule {q('rule')} is undecided, and {q('fact')} is asked for",
)
def rule_is_undecided(remit_story: Story, rule: str, fact: str) -> None:
    found = remit_story.of_rule(rule)
    assert found, remit_story.say(f"规则 {rule} 没有产生义务", f"rule {rule} raised nothing")
    decided = [o for o in found if o.status is not Status.UNDECIDED]
    assert not decided, remit_story.listing(decided)
    attribute = remit_story.name("attribute", fact)
    asked = {q.fact.partition(".")[2] for o in found for q in o.questions}
    shown = (remit_story.words.label(name).of(remit_story.language) for name in sorted(asked))
    assert attribute in asked, remit_story.say("须查明的是：", "asked: ") + ", ".join(shown)


@step(
    "then",
    rf"{q('action')}的理由包含{q('words')}",
    rf"the reason for {q('action')} contains {q('words')}",
)
def reason_contains(remit_story: Story, action: str, words: str) -> None:
    told = remit_story.told(remit_story.by_action(action))
    assert words in told, told


@step("then", rf"{q('action')}引用原文{q('words')}", rf"{q('action')} rests on the words {q('words')}")
def rests_on(remit_story: Story, action: str, words: str) -> None:
    quotes = remit_story.by_action(action).quotes
    assert any(words in quote for quote in quotes), "\n".join(quotes)


@step(
    "then",
    rf"{q('unit')}的{q('action')}可反驳[，,]须查明{q('fact')}",
    rf"the duty of {q('unit')} to {q('action')} is rebuttable by {q('fact')}",
)
def is_rebuttable(remit_story: Story, unit: str, action: str, fact: str) -> None:
    found = remit_story.find(unit, Modality.MUST, action)
    assert found.rebuttable, remit_story.say(f"规则 {found.rule} 的义务不可反驳", f"{found.rule} is not rebuttable")
    attribute = remit_story.name("attribute", fact)
    assert attribute in {q.fact.partition(".")[2] for q in found.questions}, [q.fact for q in found.questions]


@step("then", rf"报告被拒绝[，,]代码{q('code')}", rf"the report is refused with {q('code')}")
def refused(remit_story: Story, code: str) -> None:
    refusal, remit_story.refused = remit_story.refused, None
    assert refusal is not None, remit_story.say("报告被接受了", "the report was taken")
    assert refusal.code == code, str(refusal)
