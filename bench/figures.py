"""The figures that have goals: each a ratio of one run, or bytes, or seconds, with its floor and its aim."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from measure import Pace, Row, interleaved
from sides import BY_NAME, ROOT

#: What a figure is before it is a ratio: one value for each round.
Rounds = Sequence[float]


@dataclass(frozen=True)
class Goal:
    """What is wanted of a figure; `better` is `more` or `less`."""

    title: str
    better: str
    floor: float
    aim: float
    unit: str = "×"


@dataclass(frozen=True)
class Figure:
    """One figure. `value` is None where it could not be taken, and `reason` says why; `at` says at what size it was."""

    value: float | None
    low: float | None = None
    high: float | None = None
    at: str = ""
    reason: str | None = None


GOALS: Mapping[str, Goal] = {
    "match_vs_durable_api": Goal("matching alone, compiled, against durable_rules' public API", "more", 40, 50),
    "match_vs_durable_c": Goal("matching alone, compiled, against durable_rules' C module", "more", 12, 15),
    "submit_vs_durable_api": Goal(
        "whole submit, compiled, against matching alone by durable_rules' API", "more", 2.5, 6
    ),
    "submit_durable_vs_durable_api": Goal("whole submit, durable back end, against the same", "more", 1, 2),
    "submit_p99_vs_p50": Goal("whole submit: the slowest of a hundred events against the median", "less", 8, 4),
    "growth_rules_hot": Goal("cost of an event, rules ×100, traffic on 100 kinds", "less", 1.2, 1.05),
    "growth_rules_uniform": Goal("cost of an event, rules ×1,000, traffic on every kind", "less", 3, 2.2),
    "growth_rules_per_type": Goal("cost of an event, 200 rules a kind against one", "less", 1.5, 1.2),
    "growth_open": Goal("cost of an event, open cases ×100", "less", 2, 1.5),
    "growth_case": Goal("cost of an event in a case with ×1,000 events", "less", 2, 1.2),
    "match_growth_rules_hot": Goal("matching alone, rules ×100, traffic on 100 kinds", "less", 1.2, 1.05),
    "match_growth_rules_uniform": Goal("matching alone, rules ×1,000, traffic on every kind", "less", 3, 2.2),
    "match_growth_rules_per_type": Goal("matching alone, 200 rules a kind against one", "less", 1.5, 1.2),
    "bytes_per_duty": Goal("memory of an open duty", "less", 600, 350, " B"),
    "bytes_per_case": Goal("memory of an open case and its facts", "less", 1500, 500, " B"),
    "compile_1000_s": Goal("compile 1,000 rules, match code only", "less", 1, 0.3, " s"),
    "compile_10000_s": Goal("compile 10,000 rules, match code only", "less", 10, 3, " s"),
    "ledger_one_by_one": Goal("durable submit on SQLite against writing the same rows, one by one", "less", 1.3, 1.15),
    "ledger_batch_100": Goal("the same in batches of 100", "less", 3, 2),
    "ledger_row_one_by_one": Goal("one by one in a row (`submit_each`)", "less", 1.3, 1.15),
    "ledger_row_batch_100": Goal("batches of 100 in a row", "less", 3, 2),
    "columnar_vs_live": Goal("whole semantics, columnar, against the live path", "more", 10, 20),
    "columnar_vs_bare_join": Goal("the same against DuckDB's bare join of the same tables", "more", 0.2, 0.5),
    "whatif_s": Goal("one rule changed, its effect on a replayed year of a city", "less", 1, 0.5, " s"),
    "spark_vs_processes": Goal("Spark `mapInArrow` against two local processes", "more", 0.4, 0.6),
    "import_s": Goal("`import remit`", "less", 0.15, 0.1, " s"),
    "run_s": Goal("`remit run` on a case, warm", "less", 0.4, 0.3, " s"),
}


@dataclass(frozen=True)
class Size:
    """How large each figure's workload is; `left_out` are the engines that are not tried."""

    sweep: tuple[int, ...]
    rules: int
    many_rules: int
    cases: tuple[int, int]
    filled: int
    match_growth: bool
    ledger_events: int
    events: int
    bulk_events: int
    bulk_live: int
    what_if_events: int
    bulk_rounds: int
    limit_s: float
    budget_s: float
    left_out: frozenset[str] = frozenset()


FULL = Size(
    (10, 100, 1000, 10_000), 1000, 10_000, (1000, 100_000), 5000, True, 1000, 100_000, 1_000_000, 100_000, 1_000_000,
    3, 180, 900,
)  # fmt: skip
#: What takes seconds to load or milliseconds an event is for the full run.
SLOW = frozenset({"drools", "experta", "rego", "submit_reference"})
QUICK = Size((1000,), 1000, 1000, (500, 5000), 500, False, 0, 2000, 500_000, 20_000, 2000, 2, 20, 46, SLOW)


def reached(goal: Goal, value: float | None) -> str | None:
    """`aim`, `floor`, or `no`; None where there is no value."""
    if value is None:
        return None
    sign = 1 if goal.better == "more" else -1
    if sign * value >= sign * goal.aim:
        return "aim"
    return "floor" if sign * value >= sign * goal.floor else "no"


def told(name: str, figure: Figure) -> dict[str, Any]:
    """A figure with its goal, as it is written down."""
    goal = GOALS[name]
    return {**asdict(goal), **asdict(figure), "reached": reached(goal, figure.value)}


def ratio(above: Row, below: Row, at: str) -> Figure:
    """Of two rows whose rounds were taken in turn: the median of the ratios of the pairs."""
    why = above.failed or below.failed
    if why:
        return Figure(None, at=at, reason=f"{above.side if above.failed else below.side}: {why}")
    return spread([a / b for a, b in zip(above.us, below.us, strict=True)], at)


def spread(values: Sequence[float], at: str) -> Figure:
    return Figure(median(values), min(values), max(values), at)


def of_sweep(rows: Sequence[Row], size: Size) -> dict[str, Figure]:
    """What the rows of all engines say at one number of rules."""
    at = f"{size.rules:,} rules, 200 open cases"
    found = {row.side: row for row in rows if row.sizes == {"rules": size.rules}}
    pairs = {
        "match_vs_durable_api": ("durable_api", "match_compiled"),
        "match_vs_durable_c": ("durable_c", "match_compiled"),
        "submit_vs_durable_api": ("durable_api", "submit_compiled"),
        "submit_durable_vs_durable_api": ("durable_api", "submit_durable"),
    }
    figures = {name: ratio(found[slow], found[quick], at) for name, (slow, quick) in pairs.items()}
    submit = found["submit_compiled"]
    slowest = Figure(submit.p99_us / submit.p50_us, at=at) if submit.p99_us and submit.p50_us else None
    return figures | {"submit_p99_vs_p50": slowest or Figure(None, at=at, reason=submit.failed)}


def growth(size: Size, pace: Pace) -> tuple[dict[str, Figure], list[Row]]:
    """How the cost of an event grows, small and large in turn."""
    many = size.many_rules
    pairs = {
        "rules_hot": ({"rules": 100}, {"rules": many, "hot": 100}, f"100 → {many:,} rules"),
        "rules_uniform": ({"rules": 10}, {"rules": many}, f"10 → {many:,} rules"),
        "rules_per_type": ({"rules": many}, {"rules": many, "kinds": many // 200}, f"{many:,} rules"),
    }
    figures, rows = {}, []
    for name, (small, large, at) in pairs.items():
        for scope, prefix in (("submit", "growth_"), ("match", "match_growth_")):
            if scope == "match" and not size.match_growth:
                figures[prefix + name] = Figure(None, at=at, reason="left out of a quick run")
                continue
            side = BY_NAME[f"{scope}_compiled"]
            before, after = interleaved([(side, small), (side, large)], pace)
            figures[prefix + name] = ratio(after, before, at)
            rows += [before, after]
    return figures, rows


def open_cases(size: Size, pace: Pace) -> tuple[dict[str, Figure], list[Row]]:
    """Growth with the cases that are open, and what each takes in memory."""
    few, many = size.cases
    side = BY_NAME["submit_compiled"]
    asked = [(side, {"rules": 10, "cases": cases}) for cases in (few, many)]
    before, after = interleaved(asked, pace, filled=size.filled)
    at = f"{few:,} → {many:,} open cases"
    duty, case = after.duty_bytes, after.case_bytes
    return {
        "growth_open": ratio(after, before, at),
        "bytes_per_duty": Figure(duty, at=f"{size.filled:,} events", reason=after.failed),
        "bytes_per_case": Figure(None if after.failed else case, at=f"{many:,} cases", reason=after.failed),
    }, [before, after]


def compiling(rows: Sequence[Row], size: Size) -> dict[str, Figure]:
    """The time to make the compiled matcher of a loaded pack."""
    found = {}
    for rules in (1000, 10_000):
        at = f"{rules:,} rules"
        taken = [r for r in rows if r.side == "match_compiled" and r.sizes["rules"] == rules and r.compile_s]
        reason = next((r.failed for r in rows if r.side == "match_compiled" and r.failed), None)
        missing = Figure(None, at=at, reason=reason or f"not in a run of at most {size.many_rules:,} rules")
        found[f"compile_{rules}_s"] = spread([r.compile_s or 0 for r in taken], at) if taken else missing
    return found


def ledger(size: Size) -> dict[str, Figure]:
    """What a durable ledger costs beside writing the same rows: `ledger.py`."""
    names = {
        ("calls", 1): "ledger_one_by_one",
        ("calls", 100): "ledger_batch_100",
        ("row", 1): "ledger_row_one_by_one",
        ("row", 100): "ledger_row_batch_100",
    }
    at = f"{size.ledger_events:,} events of the Fuxin pack, SQLite, durable"
    if not size.ledger_events:
        return {name: Figure(None, reason="left out of a quick run: it waits for the disk") for name in names.values()}
    command = [sys.executable, str(ROOT / "bench" / "ledger.py"), "--json", "--events", str(size.ledger_events)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603 - our own file
    if done.returncode:
        return {name: Figure(None, at=at, reason=last_line(done.stderr)) for name in names.values()}
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {names[f["way"], f["batch"]]: Figure(f["ratio"], *f["quartiles"], at=at) for f in found}


def starting(pace: Pace) -> dict[str, Figure]:
    """How long a new process takes, the interpreter's own start taken off `import remit`."""
    case = ROOT / "facts" / "cases" / "newborn-found.yaml"
    commands = {
        "bare": ["-c", "pass"],
        "import_s": ["-c", "import remit"],
        "run_s": ["-m", "remit", "run", str(ROOT), "--case", str(case), "--now", "2024-05-07T08:00"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(pace.rounds + 1):
        for name, words in commands.items():
            begun = perf_counter()
            done = subprocess.run([sys.executable, *words], cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603 - as above
            if done.returncode:
                return {each: Figure(None, reason=last_line(done.stderr)) for each in ("import_s", "run_s")}
            if turn:
                taken[name].append(perf_counter() - begun)
    bare = median(taken["bare"])
    return {
        "import_s": spread([seconds - bare for seconds in taken["import_s"]], "a new process"),
        "run_s": spread(taken["run_s"], "a new process, the Fuxin pack read before"),
    }


def elsewhere(size: Size, ends: float) -> dict[str, Figure]:
    """What other files of this folder measure, each in a process of its own, which prints its figures by name as JSON.

    None is begun after `ends`, on the clock of `perf_counter`.
    """
    events = f"{size.events:,} events of a made city"
    homes = [
        (["bulk.py", "--events", str(size.bulk_events), "--live", str(size.bulk_live), "--rounds", str(size.bulk_rounds)], f"{size.bulk_events:,} events, 1,000 rules, laid out before; the live path on {size.bulk_live:,}", ("columnar_vs_live", "columnar_vs_bare_join")),
        (["-c", f"import city, json; print(json.dumps(city.what_if({size.what_if_events})))"], f"{size.what_if_events:,} events of a made city", ("whatif_s",)),
        (["-c", f"import json, replay; print(json.dumps(replay.spark({size.events})))"], events, ("spark_vs_processes",)),
        (["-c", "import incremental, json; print(json.dumps({'growth_case': incremental.case_growth()}))"], "10 → 10,000 events", ("growth_case",)),
    ]  # fmt: skip
    found: dict[str, Figure] = {}
    for command, at, names in homes:
        if perf_counter() > ends:
            break
        told = printed(command, size.limit_s)
        for name in names:
            value = told if isinstance(told, str) else told.get(name, f"not among {', '.join(told)}")
            if isinstance(value, str):
                found[name] = Figure(None, at=at, reason=value)
            else:
                found[name] = spread(value if isinstance(value, list) else [value], at)
    return found


def printed(command: Sequence[str], limit_s: float) -> dict[str, Any] | str:
    """What a script of this folder prints in its last line; or why it prints nothing."""
    folder = Path(__file__).parent
    try:
        done = subprocess.run(  # noqa: S603 - our own files
            [sys.executable, *command],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "engine")},
            capture_output=True,
            text=True,
            check=False,
            timeout=limit_s,
        )
    except subprocess.TimeoutExpired:
        return f"took longer than {limit_s:.0f} s"
    if done.returncode:
        why = last_line(done.stderr)[:200]
        return "this version of remit has nothing to measure here yet" if "has no attribute" in why else why
    found: dict[str, Any] = json.loads(last_line(done.stdout))
    return found


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it failed without a word"])[-1]
