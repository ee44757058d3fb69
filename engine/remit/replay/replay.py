"""A replay: planned, done part by part by a pool of processes, and put together.

    files → chunks → shelves of cases on disk → obligations of each shelf → one table

Killed at any moment and begun again, it goes on after the last part that has its receipt and gives the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from importlib.util import find_spec
from math import inf
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

import pyarrow.compute as pc
from pyarrow import ipc, parquet

from remit.columnar.schema import OBLIGATIONS
from remit.errors import ReplayError
from remit.pack.load import Pack
from remit.replay.intake import REJECTS, chunks_of
from remit.replay.job import Job, Plan, find_homes, named, settle, settle_agenda, take_in
from remit.replay.law import carried
from remit.replay.shelves import whole

#: Bytes of input for which there is one shelf of cases; what one process works out at a time.
SHELF_BYTES = 64_000_000
#: What a replay can be written as in one file; anything else is a directory of Parquet files.
FILES = (".parquet", ".arrow")
Engine = Literal["auto", "columnar", "live"]
Step = Callable[[int, int], None]
#: The name of its receipt, what does it, and which one it is.
Part = tuple[str, Callable[..., None], tuple[int, ...]]
#: Does parts of the replay in a folder, begun in their order, and tells whenever one is done.
Crew = Callable[[Path, Sequence[Part]], Iterator[None]]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a replay came to: read = taken + rejected. Of those taken, `repeated` stood there before, and count once."""

    read: int
    taken: int
    rejected: int
    repeated: int
    cases: int
    obligations: int
    files: tuple[str, ...]
    rejects: str | None

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"files": list(self.files)}


def replay(
    pack: Pack,
    files: Sequence[Path],
    to: Path,
    now: datetime,
    *,
    jobs: int = 1,
    crew: Crew | None = None,
    engine: Engine = "auto",
    force: bool = False,
    step: Step = lambda _done, _total: None,
) -> Summary:
    """What every case of these files owes at `now`, and the agenda of every unit, as a table.

    Args:
        pack: the law.
        files: JSON Lines, case files, Parquet or Arrow; the order says which of two events with one id counts.
        to: a file `.parquet` or `.arrow`, or a directory for Parquet files. What lies there already is in the way.
        now: the moment.
        jobs: how many processes work; of one, this one.
        crew: who works instead of processes of this machine (`spark.crew`).
        engine: `columnar` takes many cases at once, by DuckDB; `live` takes them one by one. Both give the same rows in the same order. `auto` is
            `columnar` where DuckDB is installed.
        force: write over what is there, and begin anew what was begun otherwise.
        step: told how many parts are done, and how many there are.

    Raises:
        EventError: RM402, a file cannot be read; RM890, it is no table.
        ReplayError: RM891, something is in the way; RM892, a process died: run it again, it goes on; RM893, DuckDB is not installed.
    """
    work = to / ".replay" if to.suffix not in FILES else to.with_name(f".{to.name}.replay")
    job = begun(pack, files, to, work, now, chosen(engine), force=force)
    chunks = [(named(n), take_in, (n,)) for n in range(len(job.plan.chunks))]
    shelves: list[Part] = [(f"part-{n:06d}", settle, (n,)) for n in range(job.plan.shelves)]
    stages: tuple[Sequence[Part], ...] = (
        chunks,
        [("homes", find_homes, ())],
        [("agenda", settle_agenda, ()), *shelves],
    )
    done, total = 0, sum(map(len, stages))
    for stage in stages:
        for passed in through(job, stage, crew or pool(jobs)):
            step(done + passed, total)
        done += len(stage)
    return put_together(Job(work), to)


def chosen(engine: Engine) -> str:
    """The engine meant.

    Raises:
        ReplayError: RM893.
    """
    there = find_spec("duckdb") is not None
    if engine == "columnar" and not there:
        raise ReplayError("RM893", "library-missing", found="duckdb", expected='pip install "remit[bulk]"')
    return engine if engine != "auto" else "columnar" if there else "live"


def begun(pack: Pack, files: Sequence[Path], to: Path, work: Path, now: datetime, engine: str, *, force: bool) -> Job:
    """The folder of a replay: begun now, or before and not finished."""
    raw = carried(pack)
    key = key_of(raw, files, now)
    if (work / "plan.json").exists():
        job = Job(work)
        if job.plan.key == key:
            return job
        if not force:
            raise in_the_way(work, "a replay of the same files, pack and moment")
    elif not force and (to.is_file() or (to.is_dir() and any(to.iterdir()))):
        raise in_the_way(to, "a place that is free")
    shutil.rmtree(work, ignore_errors=True)
    chunks = tuple(chunk for file in files for chunk in chunks_of(str(file)))
    work.mkdir(parents=True)
    (work / "pack").write_bytes(raw)
    size = sum(file.stat().st_size for file in files)
    with whole(work / "plan.json") as part:
        part.write_text(Plan(key, now, chunks, size // SHELF_BYTES + 1, engine).as_json(), "utf-8")
    return Job(work)


def in_the_way(place: Path, expected: str) -> ReplayError:
    return ReplayError("RM891", "in-the-way", found=str(place), expected=expected, hint="name another place, or say --force")  # fmt: skip


def key_of(raw: bytes, files: Sequence[Path], now: datetime) -> str:
    """A digest of all that the answer depends on; a file is known by name, size and time."""
    told = sha256(raw)
    for file in files:
        state = file.stat() if file.exists() else None
        told.update(repr((str(file), state and (state.st_size, state.st_mtime_ns))).encode())
    told.update(now.isoformat().encode())
    return told.hexdigest()


# --- doing -------------------------------------------------------------------------------------------


def through(job: Job, parts: Sequence[Part], crew: Crew) -> Iterator[int]:
    """Do what is not done; after each part, how many are."""
    left = [part for part in parts if not job.done(part[0])]
    done = len(parts) - len(left)
    yield done
    if left:
        yield from (done + more for more, _ in enumerate(crew(job.folder, largest_first(job, left)), 1))


def largest_first(job: Job, parts: Sequence[Part]) -> list[Part]:
    """Of shelves, those with most on them, lest a large one be begun when all others are done."""
    return sorted(parts, key=lambda part: -job.sizes[part[2][0]] if part[1] is settle else -inf)


def do(folder: Path, part: Part) -> None:
    """One part, wherever this runs."""
    _, work, which = part
    work(folder, *which)


def pool(jobs: int) -> Crew:
    """So many processes of this machine; of one, this one.

    Raises:
        ReplayError: RM892, a process died.
    """

    def work(folder: Path, parts: Sequence[Part]) -> Iterator[None]:
        if jobs == 1 or len(parts) == 1:
            for part in parts:
                do(folder, part)
                yield
            return
        with ProcessPoolExecutor(min(jobs, len(parts)), mp_context=get_context("spawn")) as processes:
            found = [processes.submit(do, folder, part) for part in parts]
            try:
                for future in as_completed(found):
                    yield future.result()
            except BrokenProcessPool:
                raise ReplayError("RM892", "worker-lost", found="a process that died", expected="as many processes as memory allows", hint="run the same command again: it goes on where it was; with fewer --jobs it needs less memory") from None  # fmt: skip
            finally:
                processes.shutdown(cancel_futures=True)

    return work


# --- putting together --------------------------------------------------------------------------------


def put_together(job: Job, to: Path) -> Summary:
    """The parts, in their order, where they were asked for; then the folder is gone."""
    parts = ["agenda", *(f"part-{n:06d}" for n in range(job.plan.shelves))]
    rejects = to / "rejects.parquet" if to.suffix not in FILES else to.with_name(f"{to.stem}.rejects.parquet")
    summary = summed(job, parts, to, rejects)
    if summary.rejected:
        gather_rejects(job, parts, rejects)
    else:
        rejects.unlink(missing_ok=True)
    if to.suffix in FILES:
        gather(job, parts, to)
    else:
        for name in parts:
            if job.path(name).exists():
                job.path(name).replace(to / f"{name}.parquet")
    shutil.rmtree(job.folder)
    return summary


def summed(job: Job, parts: Sequence[str], to: Path, rejects: Path) -> Summary:
    taken: list[dict[str, Any]] = [job.receipt(named(n)) for n in range(len(job.plan.chunks))]
    settled: list[dict[str, Any]] = [job.receipt(name) for name in parts]
    read = sum(told["read"] for told in taken)
    rejected = sum(told.get("rejected", 0) for told in (*taken, *settled))
    return Summary(
        read=read,
        taken=read - rejected,
        rejected=rejected,
        repeated=sum(told.get("repeated", 0) for told in settled),
        cases=sum(told.get("cases", 0) for told in settled),
        obligations=sum(told["obligations"] for told in settled),
        files=(str(to),) if to.suffix in FILES else tuple(str(to / f"{name}.parquet") for name in parts),
        rejects=str(rejects) if rejected else None,
    )


def gather(job: Job, parts: Sequence[str], to: Path) -> None:
    """All parts in one file, a batch at a time."""
    with whole(to, job.folder) as part, writer_of(part, to.suffix) as writer:
        for name in parts:
            for batch in parquet.ParquetFile(job.path(name)).iter_batches():
                writer.write_batch(batch)


def writer_of(part: Path, suffix: str) -> Any:
    if suffix == ".arrow":
        return ipc.new_file(str(part), OBLIGATIONS)
    return parquet.ParquetWriter(str(part), OBLIGATIONS, compression="zstd")


def gather_rejects(job: Job, parts: Sequence[str], to: Path) -> None:
    """All that was set apart, in order of the files; lines counted from each file's first."""
    with whole(to, job.folder) as part, parquet.ParquetWriter(str(part), REJECTS, compression="zstd") as writer:
        for number, before in enumerate(job.first_lines):
            table = parquet.read_table(job.path(f"rejects-{number:06d}"), schema=REJECTS)
            lines = pc.add(table["line"], before)
            writer.write_table(table.set_column(REJECTS.get_field_index("line"), REJECTS.field("line"), lines))
        for name in parts[1:]:
            writer.write_table(parquet.read_table(job.path(f"rejects-{name}"), schema=REJECTS))
