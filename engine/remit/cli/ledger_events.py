"""The commands that write: make a ledger, submit events, let time pass."""

from __future__ import annotations

import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from remit.cli.options import Future, Json, Key, Lang, Ledger, PackOption
from remit.cli.session import Voice, echo, open_session, print_json, print_line, reporting
from remit.model.text import many

if TYPE_CHECKING:
    from remit.cli.ledger_intake import Batch
    from remit.cli.ledger_session import Desk
    from remit.errors import RemitError
    from remit.model.event import Event
    from remit.model.obligation import Change, Delta

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE…",
        help="Case files (YAML, JSON), JSON Lines of events that name their case, CloudEvents; - reads stdin. 案件文件",
        show_default=False,
    ),
]


def init(
    context: typer.Context,
    ledger: Ledger,
    key: Key = None,
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:
    """Make a ledger and its key. 新建台账和密钥。"""
    with reporting(context, lang, as_json=as_json):
        session = open_session(context, pack)
        from remit.cli.ledger_session import this_moment
        from remit.ledger.open import make_store

        store, file = make_store(ledger, key, session.pack.vocabulary.pack_id, this_moment)
        store.close()
        made = {
            "ledger": store.ledger, "url": store.database.shown, "key": str(file), "pack": store.pack,
            "public_key": store.master.public_key.hex(),
        }  # fmt: skip
        if as_json:
            print_json(made)
            return
        echo(session.say(f"已建台账 {made['url']}\n密钥 {file}", f"made the ledger {made['url']}\nits key {file}"))
        echo(
            session.say(
                "请把密钥另存一处，不要与台账放在一起：丢了密钥，台账再也打不开；两者都在手，才能读懂其中内容。",
                "Keep a copy of the key apart from the ledger: without it the ledger can never be read again, and whoever has both reads everything.",
            )
        )
        echo(session.say(f"公钥 {made['public_key']}", f"public key {made['public_key']}"))


def submit(
    context: typer.Context,
    files: Files,
    ledger: Ledger,
    key: Key = None,
    future: Future = False,
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:
    """Keep events; what is acknowledged is on the disk. 报入事件。"""
    with reporting(context, lang, as_json=as_json, lines=True):
        from remit.cli.ledger_intake import batches
        from remit.cli.ledger_session import open_desk

        with open_desk(context, pack, ledger, key) as desk:
            intake = Intake(desk, as_json=as_json, future=future)
            try:
                with counting(desk.session) as step:
                    intake.watch = step
                    for is_pipe, names in groupby(files, "-".__eq__):
                        read = (batch for name in names for batch in batches(desk.session.pack, name))
                        if is_pipe:
                            for batch in read:
                                intake.take(batch)
                        else:
                            intake.take_in_a_row(read)
            finally:
                intake.sum_up()


@contextmanager
def counting(voice: Voice) -> Iterator[Callable[[int], None]]:
    """A count on stderr, where a person watches; how much is to come nobody knows."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description} {task.completed}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(voice.say("报入事件", "events taken in"), total=None)
        yield lambda number: bar.advance(task, number)


class Intake:
    """Takes batches in and acknowledges each event after its commit."""

    def __init__(self, desk: Desk, *, as_json: bool, future: bool) -> None:
        self.desk = desk
        self._as_json = as_json
        self._future = future
        self._kept = self._repeated = 0
        self._last = 0
        self._changes: Counter[str] = Counter()
        #: Read, and not acknowledged yet.
        self._waiting: deque[Batch] = deque()
        #: Told how many events were acknowledged.
        self.watch: Callable[[int], object] = lambda _number: None

    def take(self, batch: Batch) -> None:
        """A whole case file's events together; of lines, one by one if one of them is refused."""
        from remit.errors import RemitError

        try:
            self._submit(self._prepared(batch))
        except RemitError as refused:
            self._submit_singly(batch, refused)

    def take_in_a_row(self, batches: Iterator[Batch]) -> None:
        """As `take` of each in order, and faster: while one is being committed, the next is read and worked out."""
        from remit.errors import RemitError

        failures: list[RemitError] = []
        while True:
            try:
                for delta in self.desk.engine.durable.submit_each(self._ready(batches, failures)):
                    self._done(self._waiting.popleft().events, delta)
            except RemitError as refused:
                if not self._waiting:
                    raise
                self._submit_singly(self._waiting.popleft(), refused)
                while self._waiting:
                    self.take(self._waiting.popleft())
                if failures:
                    raise failures[0] from None
            else:
                return

    def _ready(self, batches: Iterator[Batch], failures: list[RemitError]) -> Iterator[tuple[Event, ...]]:
        """The events of each, which waits until it is acknowledged; a failure to read more is kept in mind."""
        from remit.errors import RemitError

        while True:
            try:
                batch = next(batches, None)
            except RemitError as wrong:
                failures.append(wrong)
                raise
            if batch is None:
                return
            before = [event for waiting in self._waiting for event in waiting.events]
            self._waiting.append(batch)
            events = self._prepared(batch, before)
            self._waiting[-1] = replace(batch, events=events)
            yield events

    def _submit_singly(self, batch: Batch, refused: RemitError) -> None:
        """Of lines, those before the refused one stay; anything else was refused as a whole."""
        one_by_one = not batch.whole and len(batch.events) > 1
        if not one_by_one or (not refused.code.startswith("RM4") and refused.code not in {"RM720", "RM727"}):
            raise refused
        for event in batch.events:
            self._submit(self._prepared(replace(batch, events=(event,))))

    def _prepared(self, batch: Batch, before: Sequence[Event] = ()) -> tuple[Event, ...]:
        """Its events, as they are to be kept behind those that wait to be kept `before` them.

        Raises:
            EventError: RM465, one of them would move the clock far ahead.
        """
        from remit.cli.ledger_intake import apart
        from remit.cli.ledger_session import AHEAD, this_moment

        events = batch.events
        if batch.whole:
            known = {event.id: (0, event.case) for event in before}
            events = apart(events, {**known, **self.desk.store.places([event.id for event in events])})
        near = max([this_moment(), *[event.knowable_at for event in before]]) + AHEAD
        for event in events:
            if event.knowable_at > near:
                self.desk.require_event_near(event, future=self._future)
        return events

    def _submit(self, events: tuple[Event, ...]) -> None:
        self._done(events, self.desk.engine.submit_all(events))

    def _done(self, events: tuple[Event, ...], delta: Delta) -> None:
        self._changes.update(change.what for change in delta.changes)
        self._acknowledge(events)
        self.watch(len(events))

    def _acknowledge(self, events: Iterable[Event]) -> None:
        from remit.cli.ledger_intake import acknowledgement

        store, seen = self.desk.store, set[str]()
        listed = list(events)
        places = store.places([event.id for event in listed])
        for event in listed:
            position, _ = places[event.id]
            duplicate = position <= (store.begun or 0) or event.id in seen
            seen.add(event.id)
            self._repeated += duplicate
            self._kept += not duplicate
            self._last = max(self._last, position)
            if self._as_json:
                print_line(acknowledgement(event.id, position, duplicate=duplicate))

    def sum_up(self) -> None:
        """For people, what came of it all."""
        if self._as_json or not self._kept + self._repeated:
            return
        say = self.desk.session.say
        echo(say(f"已入账 {self._kept} 件，重复 {self._repeated} 件，最后位置 {self._last}", f"{many(self._kept, 'event')} kept, {self._repeated} there already, last position {self._last}"))  # fmt: skip
        if self._changes:
            from remit.cli.ledger_words import counted

            echo(counted(self.desk.session, self._changes))


def advance(
    context: typer.Context,
    ledger: Ledger,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="T", help="Until when; left out: this moment. 到何时", show_default=False),
    ] = None,
    future: Future = False,
    key: Key = None,
    as_json: Json = False,
    pack: PackOption = None,
    lang: Lang = None,
) -> None:
    """Let time pass: what opens, falls due or is breached by then. 推进时钟。"""
    with reporting(context, lang, as_json=as_json):
        from remit.cli.ledger_session import open_desk
        from remit.errors import Origin

        with open_desk(context, pack, ledger, key) as desk:
            moment = desk.session.moment(to, "--to")
            desk.require_near(moment, Origin(), future=future)
            delta = desk.engine.advance(moment)
            show_changes(desk, delta, as_json=as_json)


def show_changes(desk: Desk, delta: Delta, *, as_json: bool) -> None:
    """The clock, and each change in stable order."""
    from remit.cli.ledger_words import what
    from remit.explain.report import iso

    pack = desk.session.pack
    if as_json:
        changes = [change_json(change, desk) for change in delta.changes]
        print_json({"now": iso(desk.engine.now, pack), "position": desk.store.head().position, "changes": changes})
        return
    echo(f"{desk.session.say('时钟', 'clock')} {iso(desk.engine.now, pack)}")
    for change in delta.changes:
        owed = change.obligation
        echo(f"  {what(desk.session, change.what)}  {owed.id}  {owed.bearer.label.of(desk.session.language)}")
    if not delta.changes:
        echo(desk.session.say("没有变化。", "Nothing changed."))


def change_json(change: Change, desk: Desk) -> dict[str, object]:
    from remit.explain.report import iso

    owed, pack = change.obligation, desk.session.pack
    return {
        "what": change.what,
        "obligation": owed.id,
        "rule": owed.rule,
        "bearer": owed.bearer.id,
        "case": owed.case,
        "status": owed.status.value if change.after is not None else None,
        "due": iso(owed.deadline.due, pack, owed.bearer.place) if change.after is not None else None,
    }
