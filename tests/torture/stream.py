"""What happens to a library, generated from a seed: reports, late and wrong ones, acts, passing time, erasures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from remit import Delta, Engine
from torture.chance import Random

START = datetime(2024, 2, 5, 8, tzinfo=UTC)
PLACES = ("harbour", "hill")


@dataclass(frozen=True)
class Submit:
    """Reports that are kept together or not at all."""

    events: tuple[dict[str, Any], ...]

    def do(self, engine: Engine) -> object:
        return engine.submit_all(self.events)


@dataclass(frozen=True)
class Advance:
    """Time passes."""

    to: datetime

    def do(self, engine: Engine) -> object:
        return engine.advance(self.to) if self.to > engine.now else Delta()


@dataclass(frozen=True)
class Erase:
    """Everybody in a case is forgotten."""

    case: str

    def do(self, engine: Engine) -> object:
        return engine._keeper.erase(self.case, None, "order 1")


Step = Submit | Advance | Erase


def steps(seed: int, count: int, *, cases: int = 5, prefix: str = "", erasures: bool = True) -> tuple[Step, ...]:
    """So many steps; the ids of events begin with `prefix`, cases are the same for all."""
    return tuple(Stream(seed, cases, prefix, erasures=erasures).steps(count))


class Stream:
    """One library's life."""

    def __init__(self, seed: int, cases: int, prefix: str, *, erasures: bool) -> None:
        self.chance = Random(seed)
        self.prefix = prefix
        self.cases = [f"loan-{number}" for number in range(cases)]
        self.now = START
        self.made: list[tuple[str, str, datetime]] = []
        self.number = 0
        self.forgotten = 0
        self.erasures = erasures

    def steps(self, count: int) -> Iterator[Step]:
        for _ in range(count):
            self.now += timedelta(minutes=self.chance.randrange(5, 60 * 60))
            kind = self.chance.random()
            if kind < 0.14:
                yield Advance(self.now + timedelta(days=self.chance.randrange(12)))
            elif kind < 0.18 and self.erasures and len(self.made) > 3:
                yield Erase(self._given_up())
            else:
                yield Submit(tuple(self._event() for _ in range(self.chance.choice((1, 1, 1, 2, 5)))))

    def _given_up(self) -> str:
        """A case that is erased and not spoken of again."""
        old = self.chance.choice(self.cases)
        self.cases[self.cases.index(old)] = f"loan-{len(self.cases) + self.forgotten}"
        self.forgotten += 1
        self.made = [made for made in self.made if made[1] != old]
        return old

    def _event(self) -> dict[str, Any]:
        self.number += 1
        chance, case = self.chance, self.chance.choice(self.cases)
        at = self.now - timedelta(hours=chance.choice((0, 0, 0, 1, 30, 200)))
        event: dict[str, Any] = {"id": f"{self.prefix}e{self.number}", "case": case, "at": at.isoformat()}
        mine = [name for name, home, _ in self.made if home == case]
        kinds = ("report", "report", "report", "lost", "done", "done", "rare", "stock", "amend", "waive", "pause")
        match chance.choice(kinds):
            case "report":
                self.made.append((event["id"], case, at))
                event |= self._report()
            case "lost":
                event |= {"type": "item_lost", "place": chance.choice(PLACES)}
            case "done":
                event |= {"type": "reminder_sent", "by": "harbour-library"}
            case "rare":
                event |= {"type": "rare_lent_out", "by": "hill-library", "place": "hill", "kind": "rare"}
            case "stock":
                event |= {"type": "stock_counted", "by": "hill-library"}
                del event["case"]
            case "amend" if mine:
                event |= {"type": "retraction", "of": chance.choice(mine), "at": self.now.isoformat()}
                if chance.random() < 0.6:
                    event |= {"type": "correction", "event": {**self._report(), "at": at.isoformat()}}
            case "waive":
                event |= {"type": "waiver", "rule": "a2.charge", "authority": "order 7", "by": "head-office"}
            case _:
                event |= {"type": chance.choice(("suspension", "resumption")), "rule": "a1.reminder"}
        return event

    def _report(self) -> dict[str, Any]:
        chance = self.chance
        report: dict[str, Any] = {
            "type": "item_overdue", "place": chance.choice(PLACES), "days_late": str(chance.randrange(5, 40))
        }  # fmt: skip
        if chance.random() < 0.6:
            report["age"] = str(chance.randrange(8, 40))
        if chance.random() < 0.3:
            report["subject"] = chance.choice(("Ida", "Per"))
        return report
