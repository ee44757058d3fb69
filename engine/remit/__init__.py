"""remit: policy documents as running duty rosters.

    from remit import Engine, Pack
    engine = Engine(Pack.load("."))
    engine.submit({"id": "e1", "case": "c1", "type": "...", "at": "2024-05-06T21:00"})
    engine.obligations(status="active")

Names are imported on first use, so that `import remit` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from remit.engine import Engine
    from remit.errors import PackError, RemitError
    from remit.model.event import Event
    from remit.model.explanation import Why
    from remit.model.obligation import Answer, Delta, Obligation
    from remit.pack.load import Pack
    from remit.semantics.obligations import obligations

__version__ = "0.1.0"

_HOMES = {
    "Answer": "remit.model.obligation",
    "Delta": "remit.model.obligation",
    "Engine": "remit.engine",
    "Event": "remit.model.event",
    "Obligation": "remit.model.obligation",
    "Pack": "remit.pack.load",
    "PackError": "remit.errors",
    "RemitError": "remit.errors",
    "Why": "remit.model.explanation",
    "obligations": "remit.semantics.obligations",
}

__all__ = [
    "Answer",
    "Delta",
    "Engine",
    "Event",
    "Obligation",
    "Pack",
    "PackError",
    "RemitError",
    "Why",
    "obligations",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        msg = f"module `remit` has no attribute `{name}`"
        raise AttributeError(msg)
    return getattr(import_module(_HOMES[name]), name)
