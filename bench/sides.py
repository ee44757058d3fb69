"""Who runs: remit's own parts and every peer, and which Python each runs under."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from lane import Lane

ROOT = Path(__file__).parents[1]
PEERS = ROOT / ".venv-bench" / "bin" / "python"


@dataclass(frozen=True)
class Side:
    """One engine.

    Attributes:
        distribution: the package whose version is told; None for remit.
        scope: `submit` is the whole way of an event through remit, `match` finds rules and nothing else.
    """

    name: str
    label: str
    engine: str
    scope: str = "match"
    distribution: str | None = None

    @property
    def measured(self) -> bool:
        """Whether a figure hangs on it."""
        return self.distribution in {None, "durable-rules"}

    def lane(self) -> Lane:
        """A process of its own."""
        if self.distribution is None:
            return Lane(self.engine)
        return Lane(self.engine, PEERS if PEERS.exists() else sys.executable)


SIDES = (
    Side("submit_compiled", "remit, whole submit, compiled", "peers.remit:SubmitCompiled", "submit"),
    Side("submit_durable", "remit, whole submit, durable-rules", "peers.remit:SubmitDurable", "submit"),
    Side("submit_reference", "remit, whole submit, reference", "peers.remit:SubmitReference", "submit"),
    Side("match_compiled", "remit, matching alone, compiled", "peers.remit:MatchCompiled"),
    Side("durable_api", "durable_rules, public API", "peers.durable_api:DurableApi", distribution="durable-rules"),
    Side("durable_c", "durable_rules, C module", "peers.durable_c:DurableC", distribution="durable-rules"),
    Side("drools", "Drools (drools-jpy), warm", "peers.drools:Drools", distribution="drools-jpy"),
    Side("clips", "CLIPS (clipspy)", "peers.clips:Clips", distribution="clipspy"),
    Side("zen", "zen-engine", "peers.zen:Zen", distribution="zen-engine"),
    Side("clingo", "clingo, many shots", "peers.clingo:Clingo", distribution="clingo"),
    Side("rego", "Rego (regopy)", "peers.rego:Rego", distribution="regopy"),
    Side("experta", "experta", "peers.experta:Experta", distribution="experta"),
)
BY_NAME = {side.name: side for side in SIDES}
