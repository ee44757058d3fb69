"""A failed scenario in the words of the field: what arose instead, who owes it and by when, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from remit.errors import EventError
from remit.explain.text import lines, text
from remit.explain.words import MODALITY, STATUS, moment
from remit.model.explanation import Why
from remit.model.obligation import Obligation
from remit.model.rule import Always, Consequence, Every, Rule
from remit.model.terms import Status
from remit.specification.understanding import Told
from remit.steps.story import Story

#: Of much that could be told, so much is.
SHOWN = 5
#: Steps of an explanation that show why a duty arose.
GROUNDS = ("event", "condition", "exception")
#: Which steps of an explanation bear on a clause of a step.
BEARING = {"due": "deadline", "opens": "deadline", "latest": "deadline", "to": "route", "with": "route", "performer": "route", "status": "status"}  # fmt: skip


def explained(told: Told | None, listed: tuple[str, ...], story: Story) -> tuple[str, ...]:
    """The lines under a failure's headline: what there is, and why it is so."""
    if story.refused is not None:
        return ()
    spoken = dict(told.arguments) if told else {}
    action = story.pack.find("action", str(spoken["action"])) if spoken.get("action") else None
    rule = str(spoken["rule"]) if spoken.get("rule") in story.pack.rules else None
    owed = [o for o in story.owed() if o.status is not Status.WITHDRAWN]
    near = [o for o in owed if o.action == action or o.rule == rule] or on_agenda(story, spoken, action, rule)
    return (*found(story, near or owed, listed), *reasons(story, owed, near, spoken, action, rule))


def on_agenda(story: Story, spoken: dict[str, object], action: str | None, rule: str | None) -> list[Obligation]:
    """What the unit spoken of has on its agenda of that act; the latest periods first."""
    unit = story.pack.find("unit", str(spoken.get("unit")))
    rules = [r for r in story.pack.rules.values() if r.id == rule or (action and r.action == action)]
    if unit is None or not any(isinstance(r.trigger, Every | Always | Consequence) for r in rules):
        return []
    names = {r.id for r in rules}
    owed = [o for o in story.agenda(unit) if o.rule in names]
    return sorted(owed, key=lambda o: o.period or "", reverse=True)


def found(story: Story, near: list[Obligation], listed: tuple[str, ...]) -> Iterator[str]:
    """What arose instead."""
    if not near:
        yield from listed
        if not listed:
            yield story.say("实际上案件没有产生任何义务。", "What arose instead: nothing.")
        return
    yield story.say("实际产生的是：", "What arose instead:")
    yield from (f"  {line(o, story)}" for o in near[:SHOWN])
    if len(near) > SHOWN:
        yield story.say(f"  ……共 {len(near)} 项", f"  … {len(near)} in all")


def line(o: Obligation, story: Story) -> str:
    """One obligation: who must do what for whom, by when, how it stands, and by which rule."""
    language = story.language
    words = (
        o.bearer.label.of(language),
        MODALITY[o.modality].of(language),
        f"“{story.words.label(o.action).of(language)}”",
    )
    parts = [story.say("", " ").join(words)]
    for zh, en, parties in (
        ("向", "to", o.to),
        ("会同", "with", o.cooperating),
        ("承办", "performed by", o.performers),
    ):
        names = [p.label.of(language) for p in parties if p.id != o.bearer.id]
        if names:
            parts.append(story.say(f"{zh}{'、'.join(names[:SHOWN])}", f"{en} {', '.join(names[:SHOWN])}"))
    due = o.deadline.due
    if o.period is not None:
        parts.append(story.say(f"周期 {o.period}", f"period {o.period}"))
    if due is not None:
        shown = moment(due.astimezone(story.pack.zone_of(o)))
        parts.append(story.say(f"期限 {shown}", f"by {shown}"))
    parts.append(story.say(f"状态：{STATUS[o.status].zh}", f"status: {STATUS[o.status].en}"))
    return story.say("，", ", ").join(parts) + f"  [{o.rule}]"


# --- why -------------------------------------------------------------------------------------------


def reasons(
    story: Story,
    owed: list[Obligation],
    near: list[Obligation],
    spoken: dict[str, object],
    action: str | None,
    rule: str | None,
) -> Iterator[str]:
    """Of what was expected and is not there, why not; of what is there, why."""
    if near:
        yield from why_so(story, near, spoken)
    else:
        rules = [rule] if rule else [r.id for r in story.pack.rules.values() if action and r.action == action]
        yield from (said for name in rules[:SHOWN] for said in why_none(story, story.pack.rules[name]))
    if not rule and not action:
        rest = [o for o in owed if o.id not in story.spoken_of]
        yield from why_so(story, rest, spoken)


def why_so(story: Story, owed: Iterable[Obligation], spoken: dict[str, object]) -> Iterator[str]:
    """The grounds of each, and what bears on the clauses that were spoken of."""
    from remit.steps.definitions import clauses

    tail = spoken.get("tail")
    kinds = {BEARING[name] for name in clauses(str(tail) if tail else None) if name in BEARING}
    for o in list(owed)[:2]:
        tree = story.engine.why(o.id)
        steps = [step for step in tree.children if step.kind in GROUNDS or step.kind in kinds]
        yield story.say("为什么：", "Why: ") + tree.claim.of(story.language)
        yield from branches(steps, story.language)


def branches(steps: Iterable[Why], language: str) -> Iterator[str]:
    for step in steps:
        yield from lines(step, language, "  ", "  ")


def why_none(story: Story, rule: Rule) -> Iterator[str]:
    """Why a rule raised nothing: in the case, or on the agenda."""
    if isinstance(rule.trigger, Every | Always | Consequence):
        bearers = sorted({o.bearer.label.of(story.language) for o in story.agenda() if o.rule == rule.id})
        names = story.say("、", ", ").join(bearers[:SHOWN]) or story.say("无", "nobody")
        more = story.say("等", ", …") if len(bearers) > SHOWN else ""
        yield story.say(
            f"规则 {rule.id} 是日常事项，不由案件引起；负有此项的单位共 {len(bearers)} 个：{names}{more}",
            f"rule {rule.id} belongs to the agenda, no case sets it off; {len(bearers)} units have it: {names}{more}",
        )
        return
    try:
        told = story.engine.why_not(rule.id, story.case)
    except EventError:
        yield story.say(f"规则 {rule.id}：案件中没有报告任何事件", f"rule {rule.id}: no event was reported in the case")
        return
    yield from text(told, story.language).splitlines()
