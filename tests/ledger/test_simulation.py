"""A short run of `make simulate`: years of virtual time in seconds, the ledger against the pure function."""

from __future__ import annotations

from simulate import library
from torture.chance import seed


def test_years_of_reports_corrections_and_reorganisations_end_where_the_pure_function_does() -> None:
    print(f"SEED={seed()}")
    tally = library(seed(), count=110, every=40, pace=120)
    assert tally["years"] >= 2
    assert tally["versions of the pack"] == 3
    assert tally["statements broken off"]
    assert tally["crashes"] + tally["restarts"]
    print(dict(tally))


def test_the_same_on_a_server(postgresql: str) -> None:
    print(f"SEED={seed()}")
    tally = library(seed(), count=60, every=30, pace=120, server=postgresql)
    assert tally["years"] >= 1
    assert tally["versions of the pack"]
    assert tally["connections cut"] + tally["restarts"]
    assert tally["events"] > 60
    print(dict(tally))


def test_one_seed_gives_one_run() -> None:
    assert library(3, count=25, every=25) == library(3, count=25, every=25)
