"""A scenario that would notice a change: a case in which the rule and its changed self say different things, told as it should be.

Cases are taken from the scenarios there are, then varied: other values of the facts that decide, a second person, a year gone by,
another place. Of a rule of the agenda, it is the moment and the unit that are sought.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product

from remit.errors import RemitError
from remit.model.expression import Value
from remit.model.rule import On, Rule
from remit.model.terms import Status
from remit.pack.load import Pack
from remit.specification.equivalence import Domains
from remit.specification.features import Scenario, Step
from remit.specification.judge import Judge
from remit.specification.mutants import Mutant, applied
from remit.specification.play import tell
from remit.specification.run import steps_of
from remit.specification.slices import restricted
from remit.specification.suggest import Lines, width
from remit.specification.understanding import Told
from remit.steps.story import Story

#: So many cases are tried for one change.
TRIED = 80
#: Of the scenarios there are, so many begin the search.
BEGUN = 4
REPORT = re.compile(r"报告“|发生“|\breports \"|\" happens")
ABOUT = re.compile(r"，涉及“[^”]*”|,? about \"[^\"]*\"")
#: A report up to its verb; where it happened, if that is said, is left out.
PLACED = re.compile(r"^(?P<at>[\d :-]+)(?P<unit>(?:“[^”]*”)?)(?:在“[^”]*”)?(?P<verb>报告|发生)")
YES_NO = {("zh", True): "是", ("zh", False): "否", ("en", True): "true", ("en", False): "false"}


def noticing(mutant: Mutant, judge: Judge) -> str | None:
    """The text of a scenario that passes now and fails once the change is made; None where none was found."""
    rules = sorted(judge.touched(mutant))
    found = (scenario for name in rules[:3] for scenario in tried(judge.pack.rules[name], mutant, judge))
    return next(found, None)


def tried(rule: Rule, mutant: Mutant, judge: Judge) -> Iterator[str]:
    """Every case in which a difference shows, told and tried."""
    part = judge.part(mutant)
    before = restricted(judge.pack, part)
    after = restricted(judge.pack if mutant.rule else applied(judge.pack, mutant), part, mutant.rule)
    cases = varied(rule, mutant, judge) if isinstance(rule.trigger, On) else moments(rule, judge)
    for steps in islice(cases, TRIED):
        scenario = Scenario("features/new.feature", 1, title(mutant, judge.pack), "", (), judge.pack.language, steps)
        lines = said(scenario, before, rule)
        if lines is None or lines == said(scenario, after, rule):
            continue
        whole = replace(scenario, steps=(*steps, *(as_steps(lines, len(steps) + 1))))
        if holds(whole, judge.pack) and not holds(whole, after):
            yield written(scenario, lines)


def title(mutant: Mutant, pack: Pack) -> str:
    said = mutant.change.of(pack.language)
    return (
        f"察觉“{mutant.of}”的改动：{said}" if pack.language == "zh" else f"It notices a change of {mutant.of}: {said}"
    )


def said(scenario: Scenario, pack: Pack, rule: Rule) -> tuple[str, ...] | None:
    """What is to be said of the rule in the case; None where the case cannot be told."""
    try:
        steps = steps_of(scenario)
        story = Story(pack, case=scenario.name, backend="reference", tongue=scenario.language)
        for told in steps:
            told.tell(story)
        story.require_accepted()
        return tuple(about(story, steps, rule))
    except (AssertionError, RemitError, ValueError):
        return None


def about(story: Story, steps: Sequence[Told], rule: Rule) -> Iterator[str]:
    """The obligations of the rule in lines; of the agenda, how many units have it and one of them."""
    lines = Lines(story, steps, frozenset(), exact=True)
    keyword = story.say("那么", "Then ")
    if isinstance(rule.trigger, On):
        owed = [o for o in story.owed() if o.rule == rule.id and o.status is not Status.WITHDRAWN]
        if not owed:
            yield keyword + story.say(f"规则“{rule.id}”不产生义务", f'rule "{rule.id}" raises nothing')
            return
        told = [*lines.told_of(owed, closed=False)]
    else:
        owed = [o for o in story.agenda() if o.rule == rule.id]
        number = len({o.bearer.id for o in owed})
        action = lines.action(str(rule.action))
        modal = lines.cells(owed[0])["modality"] if owed else story.say("必须", "must")
        count = story.say(f"共有{number}个单位{modal}“{action}”，规则“{rule.id}”", f'{number} units {modal} "{action}", rule "{rule.id}"')  # fmt: skip
        told = [count, *(lines.line(o) for o in owed[:: max(1, len(owed) // 8)][:8])]
    for line in told:
        if line.startswith("|"):
            yield f"  {line}"
        else:
            yield f"{keyword}{line}"
            keyword = story.say("而且", "And ")


def as_steps(lines: Sequence[str], first: int) -> Iterator[Step]:
    """Lines of a feature as steps."""
    for n, line in enumerate(lines):
        if not line.startswith("  |"):
            keyword = next(word for word in ("那么", "而且", "Then ", "And ") if line.startswith(word))
            rows = []
            for row in lines[n + 1 :]:
                if not row.startswith("  |"):
                    break
                rows.append(tuple(cell.strip() for cell in row.strip().strip("|").split("|")))
            yield Step("then", keyword.strip(), line.removeprefix(keyword), first + n, tuple(rows) or None)


def holds(scenario: Scenario, pack: Pack) -> bool:
    try:
        return tell(scenario, steps_of(scenario), pack, explain=False).passed
    except RemitError:
        return False


def written(scenario: Scenario, lines: Sequence[str]) -> str:
    """The scenario as it would stand in a file."""
    head = "场景: " if scenario.language == "zh" else "Scenario: "
    told = [f"  {head}{scenario.name}"]
    for step in scenario.steps:
        told.append(f"    {step.written}")
        told += [f"      {row}" for row in table(step.table or ())]
    return "\n".join([*told, *(f"    {line}" for line in lines)]) + "\n"


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(width(row[n]) for row in rows) for n in range(len(rows[0]))] if rows else []
    for row in rows:
        yield "| " + " | ".join(c + " " * (w - width(c)) for c, w in zip(row, widths, strict=True)) + " |"


# --- cases ------------------------------------------------------------------------------------------


def moments(rule: Rule, judge: Judge) -> Iterator[tuple[Step, ...]]:
    """Days on which an agenda is looked at: within a period, after its end, and long after the beginning of the policy."""
    year = judge.pack.policy(rule.policy).effective_on.year + 1
    zh = judge.pack.language == "zh"
    for day in (f"{year}-05-06", f"{year}-12-12", f"{year + 1}-01-02", f"{year + 1}-07-20"):
        yield (Step("given", "假如" if zh else "Given", f"现在是{day}" if zh else f"it is {day}", 1),)


def varied(rule: Rule, mutant: Mutant, judge: Judge) -> Iterator[tuple[Step, ...]]:
    """The cases there are, without their `Then`; then each with other facts, a later report, a year gone by, another place."""
    bases = list(told_so(rule, mutant, judge))
    yield from bases
    for steps in bases[:BEGUN]:
        yield (*steps, later(steps, judge.pack.language))
    for steps in bases[:BEGUN]:
        yield from twice(steps)
    for steps in bases[:BEGUN]:
        yield from with_facts(steps, rule, mutant, judge.pack)
    for steps in bases[:BEGUN]:
        yield from elsewhere(steps, judge.pack)


def told_so(rule: Rule, mutant: Mutant, judge: Judge) -> Iterator[tuple[Step, ...]]:
    kinds = rule.trigger.events if isinstance(rule.trigger, On) else ()
    for heard in judge.able(mutant)[: 2 * BEGUN]:
        if heard.spoken.events & set(kinds) and heard.scenario.language == judge.pack.language:
            yield tuple(step for step in heard.scenario.steps if step.kind != "then")


def later(steps: Sequence[Step], language: str) -> Step:
    """A year after the last report."""
    days = re.findall(r"\d{4}-\d{2}-\d{2}", " ".join(step.text for step in steps))
    year, rest = (max(days)[:4], max(days)[4:].replace("02-29", "02-28")) if days else ("2024", "-12-31")
    day = f"{int(year) + 1}{rest}"
    return Step("when", "而且" if language == "zh" else "And", f"时间到{day}" if language == "zh" else f"time passes to {day}", 99)  # fmt: skip


def twice(steps: Sequence[Step]) -> Iterator[tuple[Step, ...]]:
    """The last report once more, of the same person and of another."""
    reports = [step for step in steps if step.kind == "when" and REPORT.search(step.text)]
    if not reports:
        return
    last = reports[-1]
    zh = "“" in last.text
    again = replace(last, keyword="而且" if zh else "And")
    yield (*steps, again)
    bare = ABOUT.sub("", last.text.rstrip("：:"))
    yield (*steps, replace(again, text=f"{bare}，涉及“另一人”：" if zh else f'{bare} about "somebody else":'))


def with_facts(steps: Sequence[Step], rule: Rule, mutant: Mutant, pack: Pack) -> Iterator[tuple[Step, ...]]:
    """The first report that sets the rule off, with every combination of the facts that decide."""
    changed = mutant.rule or rule
    trees = [c.tree for r in (rule, changed) for c in (r.condition, r.exception) if c is not None]
    domains = Domains.of(trees, pack, ())
    names = [key for key in domains.facts if key[1] in pack.vocabulary.attributes] if domains else []
    at = next((n for n, step in enumerate(steps) if step.kind == "when"), None)
    if domains is None or at is None or not names:
        return
    before = {pack.find("attribute", row[0]) or row[0]: row[1] for row in steps[at].table or ()}
    for values in product(*(domains.facts[key] for key in names)):
        facts = dict(before)
        for (_, name), value in zip(names, values, strict=True):
            if value is None:
                facts.pop(name, None)
            else:
                facts[name] = spoken(name, value, pack)
        rows = tuple((pack.vocabulary.attributes[name].label.of(pack.language), said) for name, said in facts.items() if name in pack.vocabulary.attributes)  # fmt: skip
        yield (*steps[:at], replace(steps[at], table=rows or None), *steps[at + 1 :])


def spoken(name: str, value: Value, pack: Pack) -> str:
    """A value as a table's cell."""
    if isinstance(value, bool):
        return YES_NO[pack.language, value]
    choices = {choice.id: choice.label for choice in pack.vocabulary.attributes[name].choices}
    return choices[str(value)].of(pack.language) if str(value) in choices else str(value)


def elsewhere(steps: Sequence[Step], pack: Pack) -> Iterator[tuple[Step, ...]]:
    """The same at a place of each level."""
    at = next((n for n, step in enumerate(steps) if step.kind == "when"), None)
    if at is None or pack.language != "zh":
        return
    for level in reversed(pack.vocabulary.levels):
        for place in [p for p in pack.vocabulary.places.values() if p.level == level][:3]:
            text = PLACED.sub(rf"\g<at>\g<unit>在“{place.label.zh}”\g<verb>", steps[at].text)
            if text != steps[at].text:
                yield (*steps[:at], replace(steps[at], text=text), *steps[at + 1 :])
