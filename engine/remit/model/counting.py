"""`Counting`: how a law counts periods, and which of its articles says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import time

from remit.model.records import record
from remit.model.text import Text

#: The steps of a proof for which a law has an article.
STEPS = ("day_of_event", "hours_from", "months", "rolls_over", "last_day", "at_least")


@record
class AtLeast:
    """So many whole working days lie in any period of so many days or more."""

    working_days: int
    in_days: int


@record
class Counting:
    """A convention of counting.

    Attributes:
        law: its title, as a proof cites it.
        articles: of a step (one of `STEPS`), where the law has it; a step that is not here is cited by the law alone.
        hours_from: hours run from the `event`, or from the `next_full_hour`: the hour of the event is not counted.
        day_of_event: `not_counted`, or `counted` as the first day.
        rolls_over: a last day that is not worked moves `where_said` by the rule; in each period `unless_hours`; or `always`, a
            limit in hours then running to the same time of the next working day. Fixed dates and windows move only where the
            rule says so.
        last_day_ends: the time at which a last day is over; midnight is 24:00.
        at_least: the working days that a period must hold, or None.
    """

    law: Text
    articles: Mapping[str, Text] = field(default_factory=dict, hash=False)
    hours_from: str = "event"
    day_of_event: str = "not_counted"
    rolls_over: str = "where_said"
    last_day_ends: time = time.min
    at_least: AtLeast | None = None

    @property
    def plain_hours(self) -> bool:
        """Whether a limit in hours is so many hours from the event and nothing else."""
        return self.hours_from == "event" and self.rolls_over != "always" and self.at_least is None

    def source(self, step: str) -> Text:
        """What a proof says in brackets after this step.

        >>> PRC_CIVIL_CODE.source("last_day").en
        ' (Civil Code art. 203)'
        """
        article = self.articles.get(step)
        en = f"{self.law.en} {article.en}" if article else self.law.en
        return Text(f"（{self.law.zh}{article.zh if article else ''}）", f" ({en})")


#: Civil Code of the People's Republic of China, arts. 200–204: what counts where a policy names no other law.
PRC_CIVIL_CODE = Counting(
    Text("民法典", "Civil Code"),
    {
        "day_of_event": Text("第二百零一条", "art. 201"),
        "hours_from": Text("第二百零一条", "art. 201"),
        "months": Text("第二百零二条", "art. 202"),
        "rolls_over": Text("第二百零三条", "art. 203"),
        "last_day": Text("第二百零三条", "art. 203"),
    },
)
