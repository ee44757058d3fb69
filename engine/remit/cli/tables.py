"""What a clerk reads: duties by case, with who, what, by when, and the sentence."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from remit.cli.session import Session, mute
from remit.explain.words import MODALITY, PARTS, STATUS, Words, beginning, moment
from remit.model.event import Event
from remit.model.obligation import Answer, Conflict, Obligation, Party, Question
from remit.model.terms import Modality, Nature, Status
from remit.model.vocabulary import Attribute, EventType
from remit.pack import dialect

if TYPE_CHECKING:
    from remit.checks.coverage import Coverage

STYLES = {
    Status.OVERDUE: "bold red", Status.BREACHED: "bold red", Status.UNDECIDED: "yellow", Status.ACTIVE: "bold",
    Status.DONE: "green", Status.DONE_LATE: "green", Status.WITHDRAWN: "dim", Status.WAIVED: "dim",
}  # fmt: skip


class Paper(Console):
    """A console that goes on in silence when whoever read it has read enough."""

    def on_broken_pipe(self) -> None:
        """Keep the command's own exit code, where Rich would end it with 1."""
        self.quiet = True
        mute()


#: On paper narrower than this, the sentence needs the room.
NARROW = 80
#: How many desks of one part are named before the rest are counted.
NAMED = 4
#: The parts whose desks are marked where they stand.
SHOWN_BESIDE = frozenset({"bearer", "performer", "to", "with"})


def console() -> Console:
    """Colours only for a terminal; a width that does not depend on who pipes."""
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() or "COLUMNS" in os.environ else 100
    return Paper(width=width, highlight=False, soft_wrap=False)


def show_answer(session: Session, answer: Answer, events: Sequence[Event], now: datetime) -> None:
    """Every case in turn, then what remains to be asked or settled."""
    out, words = console(), Words.of(session.pack)
    out.print(f"[bold]{session.pack.vocabulary.title.of(session.language)}[/bold]  {now:%Y-%m-%d %H:%M}")
    for case in dict.fromkeys(o.case for o in answer.obligations):
        owed = [o for o in answer.obligations if o.case == case]
        title = case if case is not None else session.say("日常事项", "agenda")
        out.print(
            f"\n[bold]{session.say('案件', 'Case')} {escape(title)}[/bold]" if case else f"\n[bold]{title}[/bold]"
        )
        for event in sorted((e for e in events if e.case == case and case), key=lambda e: (e.at, e.id)):
            out.print(f"  {event_line(session, event, words)}")
        out.print(duties(session, owed, words))
    if not answer.obligations:
        out.print(session.say("没有产生任何义务。", "No duty arises."))
    if any(o.rebuttable for o in answer.obligations):
        out.print(session.say("* 是否属于例外情形，尚待查明。", "* whether an exception applies is not known yet."))
    show_questions(session, answer.questions, words, out)
    show_conflicts(session, answer.conflicts, out)
    show_unrouted(session, answer.unrouted, out)
    show_handovers(session, answer.obligations, out)


def event_line(session: Session, event: Event, words: Words) -> str:
    """When, what, by whom, where."""
    zone, language = session.pack.calendar.zone, session.language
    at = event.at.astimezone(zone)
    when = f"{at.date()}" if event.day_only else f"{at:%Y-%m-%d %H:%M}"
    parts = [when, words.label(event.type).of(language)]
    parts += [words.label(event.by).of(language)] if event.by else []
    parts += ["@ " + words.label(event.place).of(language)] if event.place and event.place != event.by else []
    parts += [event.subject] if event.subject else []
    return escape(f"{event.id}  " + "  ".join(parts))


def duties(session: Session, owed: Iterable[Obligation], words: Words) -> Table:
    """One row a duty, the sentence beneath what is to be done."""
    table = Table(show_lines=True, expand=True, pad_edge=False)
    zh = session.language == "zh"
    for title, ratio in (("状态", None), ("责任单位", 3), ("义务与依据", 6), ("期限", None)) if zh else (
        ("status", None), ("who", 3), ("what, and on which sentence", 6), ("by when", None)
    ):  # fmt: skip
        table.add_column(title, ratio=ratio, no_wrap=ratio is None, overflow="fold")
    if console().width < NARROW:  # what is long in the last column, the name of a reading, may be broken as well
        table.columns[-1].no_wrap, table.columns[-1].max_width = False, len("2024-05-07 24:00")
    for obligation in owed:
        status = STATUS[obligation.status].of(session.language)
        if obligation.rebuttable:
            status += "*"
        table.add_row(
            f"[{STYLES.get(obligation.status, 'default')}]{status}[/]",
            escape(party(session, obligation, "bearer", obligation.bearer)),
            what(session, obligation, words),
            escape(by_when(session, obligation)),
        )
    return table


def party(session: Session, obligation: Obligation, part: str, unit: Party) -> str:
    """A desk; marked where the text does not name it, or where none was found."""
    name = unit.label.of(session.language)
    if not unit.routed:
        return f"{name}{session.say('（未能确定，暂归此处）', ' (not settled; kept here)')}"
    inferred = part in dict(obligation.inferred)
    return f"{name}{session.say('（推定）', ' (inferred)') if inferred else ''}"


def what(session: Session, obligation: Obligation, words: Words) -> str:
    """Action, recipients and helpers; then article and exact words, and what else the text does not state."""
    language = session.language
    text = words.label(obligation.action).of(language)
    if obligation.modality is not Modality.MUST:
        text = f"{MODALITY[obligation.modality].of(language)} {text}"
    first = [f"[bold]{escape(text)}[/bold]"]
    for arrow, part, parties in (
        ("→", "to", obligation.to),
        (session.say("会同", "with"), "with", obligation.cooperating),
        (session.say("承办", "performed by"), "performer", obligation.performers),
    ):
        if parties:
            names = [party(session, obligation, part, p) for p in parties]
            more = f" … ({len(names)})" if len(names) > NAMED else ""
            first.append(f"{arrow} {escape(session.say('、', ', ').join(names[:NAMED]))}{more}")
    quotes = escape("… ".join(obligation.quotes))
    lines = [
        " ".join(first),
        f"[dim]{obligation.article_label} {obligation.rule}{session.say('：', ': ')}“{quotes}”[/dim]",
    ]
    unstated = [PARTS[part].of(language) for part, _ in obligation.inferred if part not in SHOWN_BESIDE]
    if unstated:
        lines.append(f"[dim]{session.say('推定：', 'inferred: ')}{session.say('、', ', ').join(unstated)}[/dim]")
    if obligation.handover_open:
        lines.append(f"[yellow]{session.say('已移交，接收单位尚未签收', 'handed over, not acknowledged yet')}[/yellow]")
    return "\n".join(lines)


def by_when(session: Session, obligation: Obligation) -> str:
    """The deadline in words; a reading's limit names the reading."""
    due, pack = obligation.deadline, session.pack
    zone = pack.zone_of(obligation)
    lines = []
    if due.opens is not None and obligation.nature is Nature.RECURRING:
        lines.append(f"{session.say('自', 'from')} {beginning(due.opens.astimezone(zone))}")
    if due.due is not None:
        lines.append(moment(due.due.astimezone(zone)))
        if due.latest is not None and due.latest != due.due:
            lines.append(f"{session.say('最迟', 'latest')} {moment(due.latest.astimezone(zone))}")
        if zone != pack.calendar.zone:
            lines.append(f"[dim]{zone}[/dim]")
    elif due.awaits is not None:
        lines.append(session.say(f"待{due.awaits}年日历公布", f"awaits calendar {due.awaits}"))
    elif due.state == "stopped":
        lines.append(session.say("计时中止", "clock stopped"))
    elif obligation.modality is Modality.MUST and obligation.nature is not Nature.STANDING:
        lines.append(
            session.say("不设终期", "no end set") if due.state == "open" else session.say("条文未定", "not stated")
        )
    if due.reading is not None:
        reading = pack.vocabulary.readings.get(due.reading)
        name = reading.label.of(session.language) if reading else due.reading
        lines.append(session.say(f"（解释：{name}）", f"(reading: {name})"))
    return "\n".join(lines) or "—"


def show_questions(session: Session, asked: Sequence[Question], words: Words, out: Console) -> None:
    """What must be found out, of whom."""
    if not asked:
        return
    out.print(f"\n[bold]{session.say('须查明', 'To be found out')}[/bold]")
    for question in dict.fromkeys((q.case, q.subject, q.ask, q.asked_of) for q in asked):
        case, subject, ask, asked_of = question
        whom = words.label(asked_of).of(session.language) if asked_of else session.say("报告单位", "whoever reported")
        about = " · ".join(escape(part) for part in (case, subject) if part)
        out.print(f"  ? {about}  {escape(words.text(ask).of(session.language))}  ({escape(whom)})")


def show_conflicts(session: Session, conflicts: Sequence[Conflict], out: Console) -> None:
    for conflict in conflicts:
        out.print(
            f"[bold red]{session.say('冲突', 'conflict')}[/]  {escape(conflict.claim.of(session.language))}  ({', '.join(conflict.rules)})"
        )


def show_unrouted(session: Session, lost: Sequence[Obligation], out: Console) -> None:
    """Duties for which a desk could not be settled: nothing is lost, but somebody must see to it."""
    if lost:
        out.print(f"\n[bold]{session.say('单位未能确定', 'No desk settled')}[/bold]")
    for obligation in lost:
        out.print(f"  ! {escape(obligation.case or '—')}  {obligation.rule}")


def show_handovers(session: Session, owed: Iterable[Obligation], out: Console) -> None:
    """What one desk has handed on and the next has not acknowledged: between the two, nobody may see to it."""
    waiting = [obligation for obligation in owed if obligation.handover_open]
    if waiting:
        out.print(f"\n[bold]{session.say('已移交，未签收', 'Handed over, not acknowledged')}[/bold]")
    for obligation in waiting:
        names = session.say("、", ", ").join(party.label.of(session.language) for party in obligation.to)
        out.print(f"  → {escape(obligation.id)}  {escape(names)}")


def show_agenda(session: Session, owed: Sequence[Obligation], unit: str | None) -> None:
    """A unit's recurring and standing duties; without a unit, how many each one has."""
    out, words = console(), Words.of(session.pack)
    if unit is not None:
        out.print(f"[bold]{escape(words.label(unit).of(session.language))}[/bold]")
        out.print(duties(session, owed, words) if owed else session.say("没有日常事项。", "Nothing on the agenda."))
        return
    table = Table()
    for title in ("单位", "编号", "周期", "常设", "逾期或违反") if session.language == "zh" else ("unit", "id", "recurring", "standing", "overdue or breached"):  # fmt: skip
        table.add_column(title, overflow="fold")
    for name in dict.fromkeys(o.bearer.id for o in owed):
        mine = [o for o in owed if o.bearer.id == name]
        missed = sum(o.status in (Status.OVERDUE, Status.BREACHED) for o in mine)
        table.add_row(
            escape(words.label(name).of(session.language)), name, str(sum(o.nature is Nature.RECURRING for o in mine)),
            str(sum(o.nature is Nature.STANDING for o in mine)), str(missed),
        )  # fmt: skip
    out.print(table)
    out.print(session.say("用 --unit 编号 看一个单位的全部事项。", "See all of one unit with --unit ID."))


def show_coverage(session: Session, found: Coverage) -> None:
    """One line a sentence, with the number of rules that rest on it; beneath it what is open."""
    out = console()
    names = {"formalised": "已成规则", "declared": "已声明非规范", "open": "尚缺"}
    table = Table(box=None, show_header=False, expand=True, pad_edge=False)
    for ratio in (None, None, 1, None):
        table.add_column(ratio=ratio, no_wrap=True, overflow="ellipsis")
    for covered in found.sentences:
        label = names[covered.state] if session.language == "zh" else covered.state
        style = "red" if covered.state == "open" else "dim"
        where = escape(covered.sentence.label or "—")
        table.add_row(f"[{style}]{label}[/]", where, escape(covered.sentence.text), str(len(covered.rules)))
        for clause in covered.open_clauses:
            table.add_row("", "", f"[red]{escape(clause)}[/]", "")
    out.print(table)
    counts = "  ".join(f"{names[s] if session.language == 'zh' else s} {n}" for s, n in found.counts.items())
    out.print(f"[bold]{session.say('句', 'sentences')} {len(found.sentences)}: {counts}[/bold]")


def show_events(session: Session, types: Sequence[EventType], attributes: dict[str, Attribute]) -> None:
    """What can be reported, and with which facts."""
    out, language = console(), session.language
    for kind in types:
        about = f"  [dim]{escape(kind.about.of(language))}[/dim]" if kind.about else ""
        out.print(f"[bold]{escape(kind.label.of(language))}[/bold]  {kind.id}{about}")
        table = Table(box=None, show_header=False, padding=(0, 1, 0, 2))
        for ratio in (None, None, None, None, 1):
            table.add_column(ratio=ratio, overflow="fold")
        for name in kind.attributes:
            attribute = attributes[name]
            if not attribute.origin.file and not kind.built_in:
                continue  # what every act may carry says nothing about this one
            must = session.say("必填", "required") if name in kind.required else ""
            choices = "、".join(c.label.of(language) for c in attribute.choices)
            table.add_row(
                escape(attribute.label.of(language)),
                name,
                dialect.spoken(attribute.kind, language),
                must,
                f"[dim]{escape(choices)}[/dim]",
            )
        if table.row_count:
            out.print(table)
