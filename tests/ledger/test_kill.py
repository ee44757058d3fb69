"""Kill anywhere: what was acknowledged is there exactly once, whatever dies, fails or is cut short, and wherever.

`make torture` draws ten times as many points; the seed is printed, and `REMIT_SEED` brings a failure back.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

import pytest

from remit import Pack
from torture.chance import Random, points, seed
from torture.crowd import folds
from torture.deaths import Deaths
from torture.server import NoServerError, Server
from torture.shim import Calls, Does, Page
from torture.victim import Victims, told

Fresh = Callable[[], str]
#: What a disk writes whole.
SECTOR = 512


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Random:
    print(f"REMIT_SEED={seed()}")
    return Random(f"{seed()} {request.node.name}")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Fresh]:
    """Places for SQLite ledgers; each is cleared away when the next is asked for."""
    numbers = iter(range(1_000_000))

    def fresh() -> str:
        for old in tmp_path.iterdir():
            shutil.rmtree(old)
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return f"sqlite:///{folder}/ledger.db"

    return fresh


@pytest.fixture
def database(server: Server) -> Iterator[Fresh]:
    yield from databases(server)


def databases(server: Server) -> Iterator[Fresh]:
    """Places for PostgreSQL ledgers."""
    made: list[str] = []

    def fresh() -> str:
        for old in made[-1:]:
            server.drop(old)
        made.append(f"deaths_{os.getpid()}_{time.monotonic_ns()}")
        return server.create(made[-1])

    yield fresh
    for old in made[-1:]:
        server.drop(old)


# --- SQLite -----------------------------------------------------------------------------------------------


def test_killed_at_any_call_of_the_operating_system_nothing_acknowledged_is_lost(
    file: Fresh, pack: Pack, victims: Victims, page: Page, chance: Random
) -> None:
    deaths = Deaths(file, pack, chance)
    wanted = points(90)
    while deaths.tally["points"] < wanted:
        does = chance.choice((Does.KILL_BEFORE, Does.KILL_AFTER, Does.TEAR))
        calls = chance.choice((Calls.FILES, Calls.FILES, Calls.SYNC, Calls.NAME | Calls.TRUNCATE))
        page.arm(
            deaths.folder, calls, chance.choice((1, 2, 3, chance.randrange(1, 40), chance.randrange(1, 160))), does
        )
        deaths.survived(victims.live(deaths.order), struck=page.struck)
    report(deaths)


def test_what_had_not_reached_the_disk_when_the_power_went_was_not_acknowledged(
    file: Fresh, pack: Pack, victims: Victims, page: Page, chance: Random
) -> None:
    """A killed program leaves what it wrote to the system; a power cut leaves what was waited for, and any part of the rest.

    The log is folded, and written over from its beginning, many times meanwhile.
    """
    deaths = Deaths(file, pack, chance)
    wanted = points(20)
    while deaths.tally["points"] < wanted:
        on_the_disk(deaths.folder)
        does = chance.choice((Does.KILL_BEFORE, Does.KILL_AFTER, Does.TEAR))
        page.arm(deaths.folder, Calls.FILES, chance.randrange(20, 400), does, keep=True)
        life = victims.live(deaths.order)
        if life.exit != 0:
            deaths.tally["log begun anew"] += folds(deaths.folder / "ledger.db-wal") > bytes(4)
            deaths.tally["sectors lost"] += power_cut(deaths.folder, chance)
        deaths.survived(life, struck=page.struck)
    assert deaths.tally["sectors lost"]
    assert deaths.tally["log begun anew"]
    report(deaths)


def on_the_disk(folder: Path) -> None:
    """What lies there has long been written."""
    for kept in folder.glob("*.synced"):
        kept.unlink()
    for path in (*folder.glob("ledger.db"), *folder.glob("ledger.db-wal")):
        shutil.copy(path, f"{path}.synced")


def power_cut(folder: Path, chance: Random) -> int:
    """Of what was not waited for, some sectors are lost, or all, or the new end of the file; how many are as they were."""
    lost = 0
    for kept in folder.glob("*.synced"):
        path = kept.with_suffix("")
        if not path.exists():
            continue
        now, then = path.read_bytes(), kept.read_bytes()
        arrives = chance.choice((0.0, 0.5, 0.9))
        left = bytearray(then[: len(now)].ljust(len(now), b"\0"))
        for at in range(0, len(now), SECTOR):
            if chance.random() < arrives:
                left[at : at + SECTOR] = now[at : at + SECTOR]
            else:
                lost += left[at : at + SECTOR] != now[at : at + SECTOR]
        path.write_bytes(left[: chance.choice((len(now), min(len(now), len(then))))])
    for index in folder.glob("ledger.db-shm"):
        index.unlink()
    return lost


def test_where_a_call_fails_the_error_is_typed_and_the_same_step_succeeds_after_it(
    file: Fresh, pack: Pack, victims: Victims, page: Page, chance: Random
) -> None:
    deaths = Deaths(file, pack, chance, allowed=frozenset({"RM702"}))
    wanted = points(45)
    while deaths.tally["points"] < wanted:
        error, sticky = chance.choice((errno.EIO, errno.ENOSPC)), chance.random() < 0.5
        calls = chance.choice((Calls.FILES, Calls.WRITE, Calls.SYNC))
        does = chance.choice((Does.FAIL, Does.FAIL, Does.SHORT))
        at = chance.randrange(1, 20 if calls == Calls.SYNC else 200)
        page.arm(deaths.folder, calls, at, does, error=error, sticky=sticky)
        life = victims.live(deaths.order)
        deaths.survived(life, struck=max(len(life.refused), min(page.struck, 1)))
    report(deaths)


def test_killed_at_any_moment_nothing_acknowledged_is_lost(
    file: Fresh, pack: Pack, victims: Victims, page: Page, chance: Random
) -> None:
    page.disarm()
    at_any_moment(Deaths(file, pack, chance), victims, chance, points(15))


# --- PostgreSQL -------------------------------------------------------------------------------------------


def test_a_writer_to_a_server_killed_at_any_message_loses_nothing_acknowledged(
    database: Fresh, pack: Pack, victims: Victims, page: Page, chance: Random
) -> None:
    deaths = Deaths(database, pack, chance)
    wanted = points(30)
    while deaths.tally["points"] < wanted:
        does = chance.choice((Does.KILL_BEFORE, Does.KILL_AFTER, Does.TEAR))
        page.arm("socket:", Calls.SEND, chance.randrange(1, 200), does)
        deaths.survived(victims.live(deaths.order), struck=page.struck)
    report(deaths)


def test_a_writer_to_a_server_killed_at_any_moment_loses_nothing_acknowledged(
    database: Fresh, pack: Pack, victims: Victims, page: Page, chance: Random
) -> None:
    page.disarm()
    at_any_moment(Deaths(database, pack, chance), victims, chance, points(10))


def test_a_server_stopped_at_once_or_whose_backend_is_killed_loses_nothing_acknowledged(
    server: Server, database: Fresh, pack: Pack, victims: Victims, page: Page, chance: Random
) -> None:
    page.disarm()
    deaths = Deaths(database, pack, chance, allowed=frozenset({"RM704"}))
    wanted = points(5)
    while deaths.tally["points"] < wanted:
        lines = victims.start(deaths.order)
        strike = chance.randrange(1, 10)
        struck = False
        passed: list[str] = []
        for line in lines:
            passed.append(line)
            if len(passed) == strike:
                time.sleep(chance.random() * 0.05)
                struck = knocked_over(server, deaths.order.url, chance)
        deaths.survived(told(iter(passed)), struck=struck)
    report(deaths)


def test_a_server_whose_own_calls_fail_or_kill_it_loses_nothing_acknowledged(
    pack: Pack, victims: Victims, page: Page, chance: Random, shim_library: Path
) -> None:
    page.disarm()
    try:
        own = Page(shim_library.with_name("page"))
        server = Server(environment=own.environment(shim_library), log_min_messages="panic")
    except NoServerError as reason:
        pytest.skip(f"no PostgreSQL: {reason}")
    try:
        for fresh in databases(server):
            server_dies(
                Deaths(fresh, pack, chance, allowed=frozenset({"RM702", "RM704"})), server, own, victims, chance
            )
    finally:
        server.close()


def server_dies(deaths: Deaths, server: Server, page: Page, victims: Victims, chance: Random) -> None:
    wanted = points(5)
    while deaths.tally["points"] < wanted:
        does = chance.choice((Does.KILL_BEFORE, Does.KILL_AFTER, Does.TEAR, Does.FAIL, Does.SHORT))
        error = chance.choice((errno.EIO, errno.ENOSPC))
        page.arm(server.folder / "data", Calls.FILES, chance.randrange(1, 500), does, error=error)
        life = victims.live(deaths.order)
        struck = max(len(life.refused), min(page.struck, 1))
        page.disarm()
        server.revive()
        deaths.survived(life, struck=struck)
    report(deaths)


# --- alike ------------------------------------------------------------------------------------------------


def at_any_moment(deaths: Deaths, victims: Victims, chance: Random, wanted: int) -> None:
    while deaths.tally["points"] < wanted:
        lines = victims.start(deaths.order)
        victim = int(next(lines).removeprefix("pid "))
        passed = list(islice(lines, chance.randrange(6)))
        if not passed or not passed[-1].startswith("exit"):
            time.sleep(chance.random() * 0.05)
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
        life = told(chain(passed, lines))
        deaths.survived(life, struck=life.exit == -signal.SIGKILL)
    report(deaths)


def knocked_over(server: Server, url: str, chance: Random) -> bool:
    """Stop the server as a crash would, or kill what serves the ledger."""
    if chance.random() < 0.5:
        server.stop(signal.SIGQUIT)
        server.start()
        return True
    struck = server.kill_backend(url.rsplit("/", maxsplit=1)[-1].split("?", maxsplit=1)[0])
    server.wait()
    return struck


def report(deaths: Deaths) -> None:
    """What the run was worth; shown by `pytest -s` and `make torture`."""
    print(" ".join(f"{name}: {count}" for name, count in sorted(deaths.tally.items())), "lost: 0, doubled: 0")
