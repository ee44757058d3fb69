"""What every command needs first: the pack meant, the language, the moment, the events; and how it fails."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer
from typer.exceptions import TyperException

if TYPE_CHECKING:
    from remit.engine import Engine
    from remit.errors import PackError, RemitError
    from remit.model.event import Event
    from remit.pack.cache import Cache
    from remit.pack.load import Pack

OK, BAD_PACK, USAGE, BAD_EVENT, NOT_FOUND, FAULT, NO_LEDGER = range(7)
MISSING = frozenset({"RM453", "RM454", "RM455", "RM456", "RM826", "RM832"})
#: A file that cannot be written.
UNWRITTEN = frozenset({"RM804", "RM863", "RM874"})
#: A ledger of another pack, where two packs are compared.
FOREIGN = "RM845"
#: Of what a ledger refuses, that which is the fault of what it was given.
GIVEN = frozenset(
    {"RM716", "RM717", "RM718", "RM719", "RM720", "RM721", "RM727", "RM730", "RM733", "RM770", "RM771", "RM772"}
)
MANY = 200
#: A moment beyond these years is a slip of the pen, and the recurring duties of millennia take for ever.
FIRST_YEAR, LAST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class Voice:
    """How to speak in this call."""

    language: str

    def say(self, zh: str, en: str) -> str:
        """The wording in the language of this call."""
        return zh if self.language == "zh" else en


@dataclass(frozen=True, slots=True)
class Session(Voice):
    """One call: the pack, and how to speak."""

    pack: Pack

    def moment(self, written: str | None, option: str = "--now") -> datetime:
        """`2024-05-07`, `2024-05-07T08:00`, either with an offset; left out, this moment. A day means its beginning."""
        zone = self.pack.calendar.zone
        if written is None:
            from remit.clock import now

            return now(zone)
        at = iso(datetime, written, option, "a moment such as 2024-05-07T08:00")
        return at if at.tzinfo else at.replace(tzinfo=zone)

    def day(self, written: str, option: str) -> date:
        """A day such as `2024-12-15`."""
        return iso(date, written, option, "a day such as 2024-12-15")

    def span(self, start: str | None, end: str | None, year: int) -> tuple[date, date]:
        """The days from `--from` to `--to`; left out, 1 January of that year and the end of the year begun in."""
        first = self.day(start, "--from") if start is not None else date(year, 1, 1)
        last = self.day(end, "--to") if end is not None else date(first.year, 12, 31)
        if last < first:
            raise typer.BadParameter(f"{last} lies before {first}", param_hint="--to")
        return first, last

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.pack.calendar.zone)

    def name(self, written: str, *kinds: str) -> str:
        """The id of a unit, place, role … under any of its names; of several kinds, the first that has it.

        Raises:
            EventError: RM456, the pack has none of this name.
        """
        found = next((name for kind in kinds if (name := self.pack.find(kind, written))), None)
        if found is None:
            from remit.errors import EventError, nearest

            known = [name for kind in kinds for name in self.pack.reader.names.spelled[kind]]
            raise EventError("RM456", "unknown-name", found=written, expected=f"the name of one {' or '.join(kinds)}", suggestion=nearest(written, known))  # fmt: skip
        return found


D = TypeVar("D", bound=date)
WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].+)?", re.ASCII)


def iso(kind: type[D], written: str, option: str, meant: str) -> D:
    """A day or moment as it is written everywhere in remit, in years one can believe."""
    try:
        found = kind.fromisoformat(written if WRITTEN.fullmatch(written) else "")
    except ValueError:
        raise typer.BadParameter(f"`{written}` is not {meant}", param_hint=option) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise typer.BadParameter(f"`{written}` does not lie between the years {FIRST_YEAR} and {LAST_YEAR}", param_hint=option)  # fmt: skip
    return found


def open_session(context: typer.Context, pack: Path | None) -> Session:
    """Load the pack meant: the one named, else the directory we stand in, else the one shipped with remit.

    `context.obj` holds the language asked for; from here on, the one to be spoken.
    """
    from remit.pack.load import Pack

    loaded = Pack.load(root_of(pack), remembered())
    context.obj = spoken(context, loaded)
    return Session(context.obj, loaded)


def remembered() -> Cache | None:
    """Where packs that were read are kept: `REMIT_CACHE`, a directory or `off`; else a place of its own under the user's caches."""
    from remit.pack.cache import Cache

    told = os.environ.get("REMIT_CACHE") or os.environ.get("XDG_CACHE_HOME")
    if told == "off":
        return None
    with suppress(RuntimeError):  # nobody's home
        return Cache(Path(told or Path.home() / ".cache").expanduser() / "remit")
    return None


def root_of(pack: Path | None) -> Path:
    from remit.shipped import shipped_pack

    return pack if pack is not None else Path() if is_here() else shipped_pack()


def is_here() -> bool:
    """Whether we stand in a pack."""
    from remit.shipped import is_pack

    return is_pack(Path())


def voice(context: typer.Context) -> Voice:
    """How to speak where no pack is read: as asked, else as the pack here says of itself."""
    wanted = context.obj or os.environ.get("REMIT_LANG")
    context.obj = wanted if wanted in {"zh", "en"} else language_here()
    return Voice(context.obj)


def language_here() -> str:
    with suppress(OSError, UnicodeDecodeError):
        for line in (root_of(None) / "facts" / "pack.yaml").read_text("utf-8").splitlines():
            key, _, said = line.partition(":")
            if key.strip() in {"language", "语言"}:
                return "en" if said.strip().startswith("en") else "zh"
    return "zh"


def spoken(context: typer.Context, pack: Pack | PackError | None) -> str:
    """The language asked for, else that of the environment, else the pack's own, `zh` or `en`; of none, that of the pack here."""
    wanted = (context.obj, os.environ.get("REMIT_LANG"), pack.language if pack is not None else None)
    found = next((language for language in wanted if language in ("zh", "en")), None)
    return found or (language_here() if is_here() else "en")


def engine_with(session: Session, files: Sequence[Path], now: datetime, backend: str = "auto") -> Engine:
    """An engine pinned at `now` that has heard the cases: those given, else the pack's examples."""
    from remit.engine import Engine
    from remit.matching.worker import SHARED

    if backend in {"auto", "durable"}:
        SHARED.begin()  # beside us, while the rules are made ready and the cases are read
    engine = Engine(session.pack, backend=backend, now=now)
    paths = tuple(files) or session.pack.cases
    repeated: list[Event] = []
    events = [event for path in paths for event in session.pack.read_events(source(path), repeated)]
    for event in repeated:
        message = session.say("重复的事件，内容相同，已忽略", "the same event again, ignored")
        typer.echo(f"{event.where}: {event.id}: {message}", err=True)
    with progress(session, len(events)) as step:
        engine.submit_all(watched(apart(events), step))
    return engine


def source(path: Path) -> Path | bytes:
    """`-` is what comes in on stdin."""
    return sys.stdin.buffer.read() if str(path) == "-" else path


def warn(session: Session, engine: Engine) -> None:
    """On stderr, where the native matcher failed and the reference answered instead."""
    for incident in engine.incidents:
        case = incident.case or "-"
        message = session.say(
            f"案件 {case}：匹配后端出错（{incident.what}），已由参考匹配器代为判断，结果完整",
            f"case {case}: the matcher failed ({incident.what}); the reference answered instead, nothing is missing",
        )
        typer.echo(f"{incident.backend}: {message}", err=True)


def apart(events: Iterable[Event]) -> Iterator[Event]:
    """Event ids are unique in a ledger; case files number their own, so an id met in another case carries the case's name."""
    from dataclasses import replace

    owner: dict[str, str | None] = {}
    for event in events:
        if owner.setdefault(event.id, event.case) == event.case:
            yield event
        else:
            prefix = f"{event.case}:"
            data = {**event.data, "of": prefix + str(event.data["of"])} if "of" in event.data else event.data
            yield replace(event, id=prefix + event.id, data=data)


def watched(events: Iterable[Event], step: Callable[[], None]) -> Iterator[Event]:
    for event in events:
        step()
        yield event


@contextmanager
def progress(session: Session, total: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr for long work, where a person watches."""
    if total < MANY or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(session.say("读入事件", "reading events"), total=total)
        yield lambda: bar.advance(task)


# --- failing ---------------------------------------------------------------------------------------


@contextmanager
def reporting(
    context: typer.Context, lang: str | None, *, as_json: bool = False, lines: bool = False
) -> Iterator[None]:
    """Turn what remit refuses into a clear message and its exit code; what it did not foresee is our own fault.

    With `lines`, JSON is one line, as what came before it.
    """
    from remit.errors import InternalError, LedgerError, Origin, PackError, RemitError, SourceError

    context.obj = lang or context.obj

    def fail(problems: Sequence[RemitError], code: int, pack: PackError | None = None) -> NoReturn:
        """Every problem, then the exit code."""
        if as_json:
            (print_line if lines else print_json)({"errors": [p.as_json() for p in problems], "warnings": []})
        else:
            tell(problems, spoken(context, pack))
        raise typer.Exit(code)

    try:
        yield
    except (typer.Exit, typer.Abort, TyperException):
        raise
    except PackError as failure:
        fail(failure.problems, BAD_PACK, failure)
    except InternalError as failure:
        fail((failure,), FAULT)
    except LedgerError as failure:
        fail((failure,), BAD_EVENT if failure.code in GIVEN else NO_LEDGER)
    except RemitError as failure:  # whatever is not the pack's fault is the input's
        fail((failure,), refusal(failure.code))
    except Exception as fault:
        if os.environ.get("REMIT_DEBUG"):
            raise
        if isinstance(fault, OSError):
            if fault.filename is None:  # it is stdout that failed
                raise
            unread = SourceError("RM102", "file-missing", found=str(fault.filename), expected="a file that can be read", origin=Origin(str(fault.filename)), hint=fault.strerror)  # fmt: skip
            fail((unread,), BAD_PACK)
        unforeseen = InternalError("RM900", "internal-fault", found=f"{type(fault).__name__}: {fault}", expected="no fault of ours", hint="set REMIT_DEBUG=1 to see where, and report it")  # fmt: skip
        fail((unforeseen,), FAULT)


def refusal(code: str) -> int:
    """The exit code of what is wrong with the call or its input."""
    if code in MISSING:
        return NOT_FOUND
    if code in UNWRITTEN:
        return FAULT
    return NO_LEDGER if code == FOREIGN else BAD_EVENT


def tell(problems: Iterable[RemitError], language: str, prefix: str = "") -> None:
    """Each problem on stderr, its remedy beneath."""
    from remit.explain import messages

    for problem in problems:
        line = messages.told(problem, language)
        typer.echo(f"{prefix}: {line}" if prefix else line, err=True)
        if problem.hint:
            typer.echo(f"  {messages.spoken(problem.hint) if language == 'zh' else problem.hint}", err=True)


# --- printing --------------------------------------------------------------------------------------


def print_json(value: object) -> None:
    """One object, the same bytes for the same value."""
    echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_line(value: object) -> None:
    """One object in one line, out at once."""
    echo(json.dumps(value, ensure_ascii=False))


def echo(text: str, end: str = "\n") -> None:
    """Print to stdout. Whoever closes the pipe has read enough: the command goes on to its own exit code."""
    try:
        typer.echo(text + end, nl=False)
    except BrokenPipeError:
        mute()


def print_bytes(content: bytes) -> None:
    """A whole file to stdout."""
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        mute()


def mute() -> None:
    """From here on, what is printed goes nowhere; nor does what Python still holds back."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
