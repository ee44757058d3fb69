"""`suggest`: the `Then` lines that follow from what a scenario reports, for a person to confirm.

What the engine derives is what the rules say, not what they should say: whoever confirms a line vouches for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from remit.explain.words import MODALITY, STATUS, beginning, moment
from remit.model.event import Event
from remit.model.obligation import Obligation, Party
from remit.model.rule import Consequence, Every, On
from remit.model.terms import Modality, Nature, Status
from remit.model.text import Text
from remit.pack.load import Pack
from remit.specification.features import Scenario
from remit.specification.run import steps_of
from remit.specification.understanding import Told
from remit.steps.story import Story

#: More obligations than these are told in a table.
IN_LINES = 2
#: Of more parties than these, so many are named, and how many there are.
NAMED = 3
UNSETTLED = {
    "open": Text("不设终期", "no end"),
    "unpublished": Text("待公布", "awaits the calendar"),
    "stopped": Text("计时中止", "clock stopped"),
}
COLUMNS = (
    ("unit", Text("单位", "unit")), ("units", Text("单位数", "units")), ("modality", Text("情态", "modality")), ("action", Text("行动", "action")),
    ("subject", Text("当事人", "for")), ("to", Text("对象", "to")), ("with", Text("会同", "with")), ("performer", Text("承办", "performed by")),
    ("period", Text("周期", "period")), ("opens", Text("最早", "from")), ("due", Text("期限", "by")), ("latest", Text("最迟", "at the latest")),
    ("article", Text("依据", "under")), ("status", Text("状态", "status")), ("rule", Text("规则", "rule")),
)  # fmt: skip
CLAUSES = {
    "subject": Text("当事人", "for"), "to": Text("向", "to"), "with": Text("会同", "with"), "performer": Text("承办", "performed by"),
    "period": Text("周期", "period"), "opens": Text("最早", "from"), "due": Text("期限", "by"), "latest": Text("最迟", "at the latest"),
    "article": Text("依据", "under"), "status": Text("状态", "status"), "rule": Text("规则", "rule"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The lines for one scenario, each with its keyword and a table's rows beneath it; empty where nothing is left to say."""

    scenario: Scenario
    lines: tuple[str, ...]


def suggest(scenario: Scenario, pack: Pack, *, units: Sequence[str] = (), exact: bool = False) -> Suggestion:
    """What follows from the scenario and none of its steps speaks of.

    Args:
        scenario: outlines filled in.
        pack: the pack.
        units: ids of units whose agenda is told too.
        exact: whether every number of parties is told.

    Raises:
        SpecificationError: a step is not understood (RM827, RM828).
        AssertionError: a step of the scenario fails; suggest nothing before it holds.
    """
    steps = steps_of(scenario)
    story = Story(pack, case=scenario.name, backend="reference", tongue=scenario.language)
    for told in steps:
        told.tell(story)
    return Suggestion(scenario, tuple(Lines(story, steps, frozenset(units), exact).written()))


@dataclass(frozen=True)
class Lines:
    """What is left to say of a story that was told."""

    story: Story
    steps: Sequence[Told]
    units: frozenset[str]
    exact: bool = False

    def written(self) -> Iterator[str]:
        story = self.story
        asserts = any(told.step.kind == "then" for told in self.steps)
        keyword = story.say("而且", "And") if asserts else story.say("那么", "Then")
        for line in self.lines():
            if line.startswith("|"):
                yield f"  {line}"
            else:
                yield f"{keyword}{story.say('', ' ')}{line}"
                keyword = story.say("而且", "And")

    def lines(self) -> Iterator[str]:
        """Each step without its keyword; the rows of a table after it."""
        story = self.story
        if story.refused is not None:
            yield story.say(
                f"报告被拒绝，代码“{story.refused.code}”", f'the report is refused with "{story.refused.code}"'
            )
            return
        owed = [o for o in story.owed() if o.status is not Status.WITHDRAWN and o.id not in story.spoken_of]
        agenda = list(self.agenda())
        yield from self.told_of(owed, closed=bool(story.engine.events) and not self.is_closed())
        yield from self.told_of(agenda, closed=False)
        yield from self.silent()

    def is_closed(self) -> bool:
        """Whether a step has said already that nothing else arises."""
        names = {told.definition.function.__name__ for told in self.steps}
        return "nothing_else" in names or any(dict(told.arguments).get("exactly") for told in self.steps)

    def told_of(self, owed: Sequence[Obligation], *, closed: bool) -> Iterator[str]:
        """These obligations, in lines or in a table, with their questions; and whether that is all."""
        say, spoken = self.story.say, bool(self.story.spoken_of)
        asked = [o for o in owed if o.questions and o.status is Status.UNDECIDED]
        plain = [o for o in owed if o not in asked]
        tabled = len(plain) > IN_LINES
        if tabled:
            exactly = closed and not asked and not spoken
            head = (
                say("恰好产生以下义务：", "exactly these duties arise:")
                if exactly
                else say("产生以下义务：", "these duties arise:")
            )
            yield head
            yield from self.table(plain)
            closed = closed and not exactly
        else:
            yield from (self.line(o) for o in plain)
        yield from (self.question(o) for o in asked)
        yield from dict.fromkeys(line for o in plain if o.rebuttable for line in self.rebuttals(o))
        if closed:
            yield say("此外没有其他义务", "nothing else arises") if owed or spoken else say("没有产生任何义务", "nothing arises")  # fmt: skip

    # --- one obligation -----------------------------------------------------------------------------

    def line(self, o: Obligation) -> str:
        say, cells = self.story.say, self.cells(o)
        modal = MODALITY[o.modality].of(self.story.language)
        head = say(f"“{cells['unit']}”{modal}“{cells['action']}”", f'"{cells["unit"]}" {modal} "{cells["action"]}"')
        clauses = (self.clause(name, said) for name, said in cells.items() if name in CLAUSES and said)
        return head + "".join(say(f"，{clause}", f", {clause}") for clause in clauses)

    def clause(self, name: str, said: str) -> str:
        zh = self.story.language == "zh"
        names, number = split_count(said) if name in ("to", "with", "performer") else ([said], None)
        quoted = "、".join(f"“{n}”" if zh else f'"{n}"' for n in names)
        tail = (
            ("" if number is None else f"等{number}个单位") if zh else ("" if number is None else f" of {number} units")
        )
        word = CLAUSES[name].of(self.story.language)
        return f"{word}{quoted}{tail}" if zh else f"{word} {quoted}{tail}"

    def cells(self, o: Obligation) -> dict[str, str]:
        """What is said of it, column by column; empty where there is nothing to say."""
        zone, deadline = self.story.pack.zone_of(o), o.deadline
        many = len({x.subject for x in self.story.owed()}) > 1
        due = UNSETTLED[deadline.state].of(self.story.language) if deadline.state in UNSETTLED else ""
        recurs = o.nature is Nature.RECURRING and deadline.opens is not None
        differs = deadline.latest is not None and deadline.latest != deadline.due
        return {
            "unit": self.name("unit", o.bearer),
            "modality": MODALITY[o.modality].of(self.story.language),
            "action": self.action(o.action),
            "subject": o.subject or "" if many else "",
            "to": self.names(o.to),
            "with": self.names(o.cooperating),
            "performer": self.names(p for p in o.performers if p.id != o.bearer.id),
            "period": o.period or "",
            "opens": beginning(deadline.opens.astimezone(zone)) if recurs and deadline.opens else "",
            "due": moment(deadline.due.astimezone(zone)).removesuffix(" 24:00") if deadline.due else due,
            "latest": moment(deadline.latest.astimezone(zone)).removesuffix(" 24:00") if differs and deadline.latest else "",
            "article": o.article_label,
            "status": STATUS[o.status].of(self.story.language),
            "rule": o.rule,
        }  # fmt: skip

    def table(self, owed: Sequence[Obligation]) -> Iterator[str]:
        rows = [self.cells(o) for o in owed]
        if all(row["modality"] == MODALITY[Modality.MUST].of(self.story.language) for row in rows):
            rows = [{k: v for k, v in row.items() if k != "modality"} for row in rows]
        yield from tabulated(rows, self.story.language)

    def names(self, parties: Iterable[Party]) -> str:
        labels = [self.name("unit", p) for p in parties]
        counted = len(labels) > NAMED or (self.exact and labels)
        shown = "、".join(labels[:NAMED])
        if not counted:
            return shown
        return self.story.say(f"{shown}等{len(labels)}个单位", f"{shown} of {len(labels)} units")

    def name(self, kind: str, party: Party) -> str:
        """A name by which the pack finds just this unit."""
        label = party.label.of(self.story.language)
        return label if party.people or self.story.pack.find(kind, label) == party.id else party.id

    def action(self, name: str) -> str:
        label = self.story.words.label(name).of(self.story.language)
        return label if self.story.pack.find("action", label) == name else name

    def question(self, o: Obligation) -> str:
        """An undecided duty with whom to ask for what; where that cannot be put in a step, its status alone."""
        vocabulary, language = self.story.pack.vocabulary, self.story.language
        alone = len([x for x in self.story.owed() if (x.rule, x.bearer.id) == (o.rule, o.bearer.id)]) == 1
        for q in o.questions if alone else ():
            fact = q.fact.partition(".")[2]
            if fact in vocabulary.attributes and q.asked_of in vocabulary.roles:
                asked = vocabulary.roles[str(q.asked_of)].label.of(language)
                label, unit = vocabulary.attributes[fact].label.of(language), self.name("unit", o.bearer)
                modal = MODALITY[o.modality]
                if not self.is_told_apart(o):
                    return self.story.say(
                        f"规则“{o.rule}”未决，须查明“{label}”",
                        f'rule "{o.rule}" is undecided, and "{label}" is asked for',
                    )
                return self.story.say(
                    f"“{unit}”是否{modal.zh}“{self.action(o.action)}”未决，须向“{asked}”查明“{label}”",
                    f'whether "{unit}" {modal.en} "{self.action(o.action)}" is undecided, and "{asked}" is asked for "{label}"',
                )
        return self.line(o)

    def is_told_apart(self, o: Obligation) -> bool:
        """Whether unit and action leave no doubt which duty is meant."""
        alike = (o.modality, o.action, o.bearer.id)
        return [(x.modality, x.action, x.bearer.id) for x in self.story.owed()].count(alike) == 1

    def rebuttals(self, o: Obligation) -> Iterator[str]:
        vocabulary, unit = self.story.pack.vocabulary, self.name("unit", o.bearer)
        for q in o.questions[:1]:
            fact = q.fact.partition(".")[2]
            if o.modality is Modality.MUST and fact in vocabulary.attributes:
                label = vocabulary.attributes[fact].label.of(self.story.language)
                yield self.story.say(
                    f"“{unit}”的“{self.action(o.action)}”可反驳，须查明“{label}”",
                    f'the duty of "{unit}" to "{self.action(o.action)}" is rebuttable by "{label}"',
                )

    # --- what no report set off ----------------------------------------------------------------------

    def agenda(self) -> Iterator[Obligation]:
        """Of the agenda: what the reports discharged, breached or followed from; and that of the units asked about.

        Where nothing was reported, the units that the steps name.
        """
        story = self.story
        units = self.units | (named_units(self.steps, story.pack) if not story.engine.events else frozenset())
        acts = {e.id for e in story.engine.events}
        if not units and not any(self.may_end(e) for e in story.engine.events):
            return
        latest: dict[tuple[str, str], Obligation] = {}
        for o in story.agenda():
            ended = acts & set(o.performed_by) or (o.breached_at is not None and o.nature is Nature.STANDING)
            if o.id not in story.spoken_of and (ended or o.bearer.id in units):
                key = (o.rule, o.id if ended else o.bearer.id)
                if key not in latest or (latest[key].period or "") < (o.period or ""):
                    latest[key] = o
        yield from latest.values()

    def may_end(self, event: Event) -> bool:
        """Whether such an event can discharge or breach anything on an agenda."""
        for rule in self.story.pack.rules.values():
            if isinstance(rule.trigger, Every | Consequence) or rule.modality is Modality.MUST_NOT:
                acts = {act.event for act in (*rule.done, *rule.breach)}
                if event.type in acts or event.data.get("action") == rule.action:
                    return True
        return False

    def silent(self) -> Iterator[str]:
        """The rules that a report could set off and did not."""
        story = self.story
        raised = {o.rule for o in story.owed()}
        named = {dict(told.arguments).get("rule") for told in self.steps}
        types = {e.type for e in story.engine.events}
        for rule in story.pack.rules.values():
            if isinstance(rule.trigger, On) and types & set(rule.trigger.events) and rule.id not in raised | named:
                yield story.say(f"规则“{rule.id}”不产生义务", f'rule "{rule.id}" raises nothing')


def named_units(steps: Iterable[Told], pack: Pack) -> frozenset[str]:
    """The units that the steps name."""
    said = (dict(told.arguments).get("unit") for told in steps if told.step.kind != "then")
    found = (pack.find("unit", str(unit)) for unit in said if unit)
    return frozenset(name for name in found if name)


def split_count(said: str) -> tuple[list[str], str | None]:
    """`甲、乙等5个单位` → its names and its number."""
    from remit.steps.definitions import IN_CELL

    among = IN_CELL.fullmatch(said)
    return (among["names"].split("、"), among["zh"] or among["en"]) if among else (said.split("、"), None)


def tabulated(rows: Sequence[dict[str, str]], language: str) -> Iterator[str]:
    """The rows under their headings, columns that say nothing left out, each as wide as its widest cell."""
    columns = [(name, word.of(language)) for name, word in COLUMNS if any(row.get(name) for row in rows)]
    cells = [[word for _, word in columns], *([row.get(name, "") for name, _ in columns] for row in rows)]
    widths = [max(width(line[n]) for line in cells) for n in range(len(columns))]
    for line in cells:
        yield (
            "| " + " | ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(line, widths, strict=True)) + " |"
        )


def width(text: str) -> int:
    """In columns of a fixed-width font."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
