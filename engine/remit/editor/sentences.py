"""The sentences a scenario is told in, as they are offered, and the names that go into their gaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from remit.editor.index import Index
from remit.editor.offers import Offer, Sort, fixed_words, of_kind
from remit.editor.scenarios import CLAUSES, COLUMNS, GROUPS, Line, cells_of, is_list, lines_of, list_columns, names_in
from remit.model.terms import ValueKind

#: Each sentence in Chinese and English; `{…}` is a gap, named as in the wordings of the steps.
SENTENCES: tuple[tuple[str, str, str], ...] = (
    ("given", "现在是{at}", "it is {at}"),
    ("given", "案件“{case}”", 'the case "{case}"'),
    ("given", "“{unit}”是“{role}”", '"{unit}" is a "{role}"'),
    ("given", "“{unit}”位于“{place}”", '"{unit}" lies in "{place}"'),
    ("given", "已知当事人的“{fact}”为“{value}”", 'the person\'s "{fact}" is "{value}"'),
    ("given", "已知“{fact}”为“{value}”", 'the "{fact}" is "{value}"'),
    ("when", "{at}“{unit}”报告“{kind}”", 'on {at} "{unit}" reports "{kind}"'),
    ("when", "{at}“{unit}”在“{place}”报告“{kind}”", 'on {at} "{unit}" reports "{kind}" in "{place}"'),
    ("when", "{at}发生“{kind}”", 'on {at} "{kind}" happens'),
    ("when", "{at}在“{place}”发生“{kind}”", 'on {at} "{kind}" happens in "{place}"'),
    ("when", "{at}“{unit}”履行“{action}”", 'on {at} "{unit}" performs "{action}"'),
    ("when", "{at}“{unit}”违反“{action}”", 'on {at} "{unit}" violates "{action}"'),
    ("when", "{at}撤回“{event}”", 'on {at} "{event}" is retracted'),
    ("when", "{at}更正“{event}”", 'on {at} "{event}" is corrected'),
    ("when", "{at}免除规则“{rule}”，依据“{why}”", 'on {at} rule "{rule}" is waived by "{why}"'),
    ("when", "{at}中止规则“{rule}”", 'on {at} rule "{rule}" is suspended'),
    ("when", "{at}恢复规则“{rule}”", 'on {at} rule "{rule}" is resumed'),
    ("when", "{at}争议规则“{rule}”", 'on {at} rule "{rule}" is disputed'),
    ("when", "{at}“{unit}”签收规则“{rule}”", 'on {at} "{unit}" acknowledges rule "{rule}"'),
    ("when", "时间到{at}", "time passes to {at}"),
    ("then", "“{unit}”必须“{action}”", '"{unit}" must "{action}"'),
    ("then", "“{unit}”不得“{action}”", '"{unit}" must not "{action}"'),
    ("then", "“{unit}”可以“{action}”", '"{unit}" may "{action}"'),
    ("then", "“{unit}”没有义务“{action}”", '"{unit}" has no duty to "{action}"'),
    ("then", "没有单位必须“{action}”", 'nobody must "{action}"'),
    ("then", "共有{number}个单位必须“{action}”", '{number} units must "{action}"'),
    ("then", "规则“{rule}”产生义务", 'rule "{rule}" raises a duty'),
    ("then", "规则“{rule}”不产生义务", 'rule "{rule}" raises nothing'),
    ("then", "规则“{rule}”不产生义务，因为“{why}”", 'rule "{rule}" raises nothing, because "{why}"'),
    ("then", "规则“{rule}”的责任单位未能确定", 'the bearer of rule "{rule}" is not settled'),
    ("then", "规则“{rule}”的对象未能确定", 'the recipient of rule "{rule}" is not settled'),
    ("then", "规则“{rule}”未决，须查明“{fact}”", 'rule "{rule}" is undecided, and "{fact}" is asked for'),
    ("then", "此外没有其他义务", "nothing else arises"),
    ("then", "没有产生任何义务", "nothing arises"),
    ("then", "产生以下义务：", "these duties arise:"),
    ("then", "恰好产生以下义务：", "exactly these duties arise:"),
    (
        "then",
        "“{unit}”是否必须“{action}”未决，须向“{whom}”查明“{fact}”",
        'whether "{unit}" must "{action}" is undecided, and "{whom}" is asked for "{fact}"',
    ),
    (
        "then",
        "“{unit}”是否可以“{action}”未决，须向“{whom}”查明“{fact}”",
        'whether "{unit}" may "{action}" is undecided, and "{whom}" is asked for "{fact}"',
    ),
    ("then", "“{action}”的理由包含“{words}”", 'the reason for "{action}" contains "{words}"'),
    ("then", "“{action}”引用原文“{words}”", '"{action}" rests on the words "{words}"'),
    (
        "then",
        "“{unit}”的“{action}”可反驳，须查明“{fact}”",
        'the duty of "{unit}" to "{action}" is rebuttable by "{fact}"',
    ),
    ("then", "报告被拒绝，代码“{code}”", 'the report is refused with "{code}"'),
)
#: What a gap is called in an offer: (in Chinese, in English).
GAPS: Mapping[str, tuple[str, str]] = {
    "at": ("2024-05-06 21:00", "2024-05-06 21:00"), "case": ("案件", "case"), "unit": ("单位", "unit"), "role": ("角色", "role"),
    "place": ("地点", "place"), "fact": ("事实", "fact"), "value": ("值", "value"), "kind": ("事件", "event"), "action": ("行动", "action"),
    "event": ("编号", "id"), "rule": ("规则", "rule"), "why": ("理由", "reason"), "whom": ("角色", "role"), "words": ("文字", "words"),
    "code": ("RM404", "RM404"), "number": ("3", "3"),
}  # fmt: skip
GAP = re.compile(r"\{(\w+)\}")
OPEN = re.compile(r"[“\"]([^“”\"]*)$")
CLAUSE_OPEN = re.compile(r"(向|会同|承办|规则|\bto|\bwith|\bperformed by|\brule)\s*(?:[“\"][^“”\"]*[”\"]、?)*[“\"]$")
CLAUSE_OF = {"向": "to", "会同": "with", "承办": "performer", "规则": "rule", "to": "to", "with": "with", "performed by": "performer", "rule": "rule"}  # fmt: skip
BEGINNINGS = {"given": ("假如", "假设", "假定", "Given "), "when": ("当", "When "), "then": ("那么", "Then ")}
KEYWORDS = {
    "zh": ("假如", "当", "那么", "而且", "场景: ", "场景大纲: ", "例子:", "背景:", "功能: "),
    "en": ("Given ", "When ", "Then ", "And ", "Scenario: ", "Scenario Outline: ", "Examples:", "Background:", "Feature: "),
}  # fmt: skip


def offered(before: Sequence[str], index: Index, language: str) -> tuple[int, str, Iterable[Offer]]:
    """What may stand at the end of these lines of a feature: (column, what was typed, offers)."""
    typed = before[-1]
    lines = list(lines_of(before))
    line = lines[-1] if lines and lines[-1].number == len(before) - 1 else None
    if line is not None and line.kind == "row":
        return in_row(line, lines, index, language, typed)
    if line is None or line.kind == "text":
        words = (Offer(word, Sort.KEY) for word in KEYWORDS[spoken(before, language)])
        return len(typed) - len(typed.lstrip()), typed.lstrip(), words
    if line.kind != "step":
        return len(typed), "", ()
    text = typed[line.column :]
    quoted = OPEN.search(text)
    if quoted and not closed(text):
        kinds = gap_kinds(text[: quoted.start(1)])
        of = fact_before(text)
        return line.column + quoted.start(1), quoted[1], names(kinds, index, language, of)
    kind = kind_of_step(before)
    sentences = (sentence(told, spoken(before, language), rank=1 if told[0] == kind else 2) for told in SENTENCES)
    return line.column, text, sentences


def kind_of_step(before: Sequence[str]) -> str:
    """Whether one is writing what is given, what happens or what is expected; `and` goes on with what came before."""
    for line in reversed(before):
        found = next((kind for kind, words in BEGINNINGS.items() if line.lstrip().startswith(words)), None)
        if found is not None:
            return found
    return "given"


def spoken(before: Sequence[str], language: str) -> str:
    """The language a feature is written in."""
    head = before[0] if before else ""
    if "language:" in head:
        return "zh" if "zh" in head else "en"
    return "en" if any(line.startswith(("Feature", "  Scenario")) for line in before) else language


def closed(text: str) -> bool:
    """Whether every quotation mark before the cursor has its other half."""
    return text.count("“") == text.count("”") and text.count('"') % 2 == 0


def sentence(told: tuple[str, str, str], language: str, rank: int = 1) -> Offer:
    """A sentence with its gaps to be filled one after another."""
    text = told[1 if language == "zh" else 2]
    shown = GAP.sub(lambda gap: GAPS[gap[1]][0 if language == "zh" else 1], text)
    numbers = iter(range(1, 10))
    filled = GAP.sub(lambda gap: f"${{{next(numbers)}:{GAPS[gap[1]][0 if language == 'zh' else 1]}}}", text)
    return Offer(shown, Sort.STEP, insert=filled, rank=rank, snippet=True)


@lru_cache(maxsize=1)
def openings() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """What stands before each gap of each sentence → the kinds of name that go into it."""
    gaps = [(wording, gap) for _, *both in SENTENCES for wording in both for gap in GAP.finditer(wording)]
    return tuple((re.compile(before_gap(w[: gap.start()])), GROUPS[gap[1]]) for w, gap in gaps if gap[1] in GROUPS)


def before_gap(text: str) -> str:
    pattern, position = "", 0
    for gap in GAP.finditer(text):
        pattern += quoting(text[position : gap.start()]) + (r"[\d:\- T]*" if gap[1] == "at" else r"[^“”\"]*")
        position = gap.end()
    return pattern + quoting(text[position:])


def quoting(text: str) -> str:
    """Any quotation mark will do, and a comma before it."""
    return re.sub('[“”"]', lambda _: '[,，]?\\s*[“”"]', re.escape(text))


def gap_kinds(before: str) -> tuple[str, ...]:
    """The kinds of name that stand after this beginning of a step."""
    found = {kinds: None for pattern, kinds in openings() if pattern.fullmatch(before)}
    if not found and (clause := CLAUSE_OPEN.search(before)):
        return CLAUSES.get(CLAUSE_OF[clause[1]], ())
    return tuple(dict.fromkeys(kind for kinds in found for kind in kinds))


def fact_before(text: str) -> str:
    quoted = re.findall(r"[“\"]([^“”\"]*)[”\"]", text)
    return quoted[-1] if quoted else ""


def names(kinds: Iterable[str], index: Index, language: str, of: str) -> Iterator[Offer]:
    for kind in kinds:
        if kind == "rule":
            yield from (Offer(name, Sort.NAME) for name in sorted(index.rules))
        elif kind == "people":
            yield from (Offer(name, Sort.NAME) for name in sorted(index.own["people"]))
        elif kind == "value":
            yield from values(index, language, of)
        else:
            yield from of_kind(index.words, kind, language, ids_first=False)


def values(index: Index, language: str, of: str) -> Iterator[Offer]:
    attribute = index.words.vocabulary.attributes.get(index.attribute_id(of))
    match attribute.kind if attribute else None:
        case ValueKind.BOOL:
            yield from fixed_words(("true", "false"), language)
        case ValueKind.CHOICE if attribute is not None:
            yield from of_kind(index.words, "choice", language, attribute.id, ids_first=False)
        case ValueKind.PLACE | ValueKind.UNIT:
            yield from of_kind(index.words, "place", language, ids_first=False)
            yield from of_kind(index.words, "unit", language, ids_first=False)


def in_row(
    line: Line, lines: Sequence[Line], index: Index, language: str, typed: str
) -> tuple[int, str, Iterable[Offer]]:
    """A cell of a table: a fact and its value, or a column of a list of duties."""
    cell = typed.rpartition("|")[2]
    start = len(typed) - len(cell.lstrip())
    number = typed.count("|") - 1
    step = next((each for each in reversed(lines) if each.kind == "step"), None)
    if step is None:
        return start, cell.strip(), ()
    if is_list(step.text):
        head = next((each for each in lines if each.number > step.number and each.kind == "row"), line)
        titles = [title for title, _ in cells_of(head)]
        kinds = COLUMNS.get(list_columns().get(titles[number], ""), ()) if number < len(titles) else ()
        return start, cell.strip(), names(kinds, index, language, "")
    if number == 0:
        carried = carried_by(step.text, index)
        found = of_kind(index.words, "attribute", language, ids_first=False)
        return start, cell.strip(), (o for o in found if carried is None or index.attribute_id(o.text) in carried)
    return start, cell.strip(), values(index, language, typed.split("|")[1].strip())


def carried_by(step: str, index: Index) -> frozenset[str] | None:
    """The attributes of the event a step reports."""
    for named in names_in(step) or ():
        if named.kinds == ("event",):
            kind = index.words.names.find("event", step[named.start : named.end])
            return frozenset(index.words.vocabulary.event_types[kind].attributes) if kind else None
    return None
