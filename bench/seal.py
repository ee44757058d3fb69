"""What it costs to write, bind and seal one event, against the plainest way to do the same.

    python bench/seal.py [rounds]

Each line is the median processor time over rounds that alternate both sides in one process, so that they share the
machine's mood; the ratio is that of the medians. Ratios may be compared between machines, microseconds may not.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from time import process_time
from zoneinfo import ZoneInfo

import msgspec
import rfc8785

from remit.ledger.chain import Header, Peaks, commitment, digest, link
from remit.ledger.codec import decode, encode, encode_value, microseconds
from remit.ledger.vault import MasterKey, PersonKey, binding
from remit.model.event import Event

CALLS = 200
AT = datetime(2024, 5, 7, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
EVENT = Event(
    "e-2024-000017", "found", AT, AT + timedelta(hours=3), "c-2024-0003", "north.watch", "north", "child",
    {
        "sex": "f", "age_days": 3, "weight": Decimal("3.20"), "born": date(2024, 5, 1), "seen": AT, "alone": True,
        "found_at": "北门派报亭旁", "told": ("north.clinic", "south.registry"),
    },
)  # fmt: skip


def timed(call: Callable[[], object]) -> float:
    """Microseconds a call, over one round."""
    start = process_time()
    for _ in range(CALLS):
        call()
    return (process_time() - start) / CALLS * 1e6


def compared(rounds: int, one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    pairs = [(timed(one), timed(other)) for _ in range(rounds)]
    return statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    raw = encode(EVENT)
    plain = json.loads(raw)
    fast = msgspec.json.Encoder(order="sorted")
    assert rfc8785.dumps(plain) == fast.encode(plain) == raw  # noqa: S101
    person, salt, here = PersonKey.new(), os.urandom(32), binding("ledger", 17)
    sealed, committed = person.seal(salt + raw, here), commitment(salt, raw)
    master = MasterKey.create()
    wrapped = person.wrap(master, 1)
    header = Header(
        17, "event", EVENT.id, EVENT.case, EVENT.type, microseconds(AT), microseconds(AT), microseconds(AT), 1
    )
    previous, peaks = bytes(32), Peaks()
    for n in range(1_000):
        peaks = peaks.append(n.to_bytes(32, "big"))

    def whole() -> Peaks:
        """All that one event costs before it is written."""
        content, fresh = encode(EVENT), os.urandom(32)
        bound = person.seal(fresh + content, binding("ledger", 17))
        return peaks.append(link(previous, header, commitment(fresh, content), bound))

    rows: list[tuple[str, Callable[[], object], str, Callable[[], object]]] = [
        ("ready tree → bytes", lambda: fast.encode(plain), "rfc8785", lambda: rfc8785.dumps(plain)),
        ("checked tree → bytes", lambda: encode_value(plain), "rfc8785", lambda: rfc8785.dumps(plain)),
        ("event → bytes", lambda: encode(EVENT), "rfc8785, of its ready tree", lambda: rfc8785.dumps(plain)),
        ("bytes → event", lambda: decode(raw), "json.loads", lambda: json.loads(raw)),
        ("seal", lambda: person.seal(salt + raw, here), "SHA-256 of it", lambda: sha256(raw).digest()),
        ("open", lambda: person.open(sealed, here), "SHA-256 of it", lambda: sha256(sealed).digest()),
        ("unwrap a person's key", lambda: PersonKey.unwrap(master, 1, wrapped), "SHA-256", lambda: digest(wrapped)),
        ("link", lambda: link(previous, header, committed, sealed), "SHA-256", lambda: sha256(sealed).digest()),
        ("append to the tree", lambda: peaks.append(previous), "SHA-256", lambda: sha256(previous).digest()),
        ("all of it", whole, "event → bytes", lambda: encode(EVENT)),
    ]
    print(f"{len(raw)} bytes an event, median of {rounds} rounds of {CALLS} calls, in microseconds")
    for name, call, against, base in rows:
        took, based = compared(rounds, call, base)
        print(f"{name:24}{took:8.2f}   {against:28}{based:8.2f}   ratio {took / based:6.2f}")


if __name__ == "__main__":
    main()
