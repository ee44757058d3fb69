"""The durable-rules network, and the process it runs in: which kinds of event in a case set off which rules?

The only module that speaks to durable-rules. It imports nothing of remit, because `worker.py` starts it as a
script of its own: a fault in compiled code ends that process and nothing else.

Given to the network is only what it is right about. A case becomes one fact for each kind of event in it; a rule
becomes one element, which asks for its trigger and for the kinds its condition cannot do without. Kept clear of:

* Joins. Retracting a fact that was served together with others searches their frame beyond its end
  (`deleteMessageFromFrame` in 2.0.28): it reads foreign memory, and clears what looks like the fact. So what else is
  in the case is written on the fact itself, and compared by equality there.
* Retracting a fact before every action is served: it remembers frames that have since been given to other facts.
* `delete_state`, which frees pointers nobody set, and `delete_ruleset`, which leaves the sessions behind: a process
  that has heard enough programs is replaced.
* The Python host: its timers read the wall clock, and it takes an action that failed for one that was served. The
  core is called as the host calls it.
* Limits of 64 pending siblings a fact, 255 properties, 256 rules a test; ids are told apart by 32 bits only.

A fact may get lost without an error (ids that collide, a machine whose clock stands at 1970). So each ruleset has one
rule more, which every fact sets off, and an answer in which a fact is missing there is refused.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

#: (the number of a rule, the kind that sets it off, the kinds that must also be in the case)
Pattern = tuple[int, int, tuple[int, ...]]
#: (the number of a rule, the kind that set it off)
Hit = tuple[int, int]

CORE = "durable_rules_engine"
#: Far below every limit above, whatever the rules look like.
PATTERNS_PER_RULESET = 40
ACCOUNTED = "accounted"
HEADER = struct.Struct(">I")
#: An orphan that hangs in compiled code ends by itself.
LONGEST_SECONDS = 60


def location() -> Path | None:
    """The folder the compiled core would be imported from; it is not imported."""
    found = find_spec(CORE)
    return Path(found.origin).parent if found is not None and found.origin is not None else None


class Network:
    """The patterns of one program, cut into rulesets; a case is told by the kinds of event in it.

    Raises:
        ImportError: durable-rules, or its compiled core, cannot be imported here.
    """

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        import durable_rules_engine as core

        ordered = sorted(patterns, key=lambda pattern: (pattern[1], pattern[0]))
        self._rulesets = [
            Ruleset(core, ordered[first : first + PATTERNS_PER_RULESET])
            for first in range(0, len(ordered), PATTERNS_PER_RULESET)
        ]
        self._by_kind: dict[int, list[Ruleset]] = defaultdict(list)
        for ruleset in self._rulesets:
            for kind in ruleset.triggers:
                self._by_kind[kind].append(ruleset)

    def hits(self, kinds: Iterable[int]) -> list[Hit]:
        """Which rules are set off by which of these kinds."""
        present = frozenset(kinds)
        meant = dict.fromkeys(ruleset for kind in sorted(present) for ruleset in self._by_kind.get(kind, ()))
        return [hit for ruleset in meant for hit in ruleset.hits(present)]


class Ruleset:
    """At most `PATTERNS_PER_RULESET` patterns and the one session they share, which is empty between cases."""

    def __init__(self, core: Any, patterns: Sequence[Pattern]) -> None:
        self._core = core
        self.triggers = frozenset(kind for _, kind, _ in patterns)
        self._needed = frozenset(kind for _, _, others in patterns for kind in others)
        rules = {f"{rule} {kind}": element({"kind": kind} | beside(others)) for rule, kind, others in patterns}
        self._handle = core.create_ruleset("remit", json.dumps({ACCOUNTED: element({"fact": 1}), **rules}))

    def hits(self, kinds: frozenset[int]) -> list[Hit]:
        """As `Network.hits`, for these patterns.

        Raises:
            RuntimeError: the network did not account for every fact.
        """
        context = beside(self._needed & kinds)
        facts = [
            {"id": number, "sid": 1, "fact": 1, "kind": kind, **context}
            for number, kind in enumerate(sorted(self.triggers & kinds), start=1)
        ]
        if not facts:
            return []
        served = list(self._served(facts))
        accounted = served.count(ACCOUNTED)
        if accounted != len(facts):
            raise RuntimeError(f"the network accounted for {accounted} of {len(facts)} facts")
        pairs = (name.split() for name in served if name != ACCOUNTED)
        return [(int(rule), int(kind)) for rule, kind in pairs]

    def _served(self, facts: Sequence[dict[str, int]]) -> Iterator[str]:
        """The names of the rules served, one for each fact that set them off."""
        _, session = self._core.assert_facts(self._handle, json.dumps(facts))
        started = self._core.start_action_for_state(self._handle, session)
        served = started and started[1]
        while served:
            yield from json.loads(served)
            served = self._core.complete_and_start_action(self._handle, session)
        self._core.retract_facts(self._handle, json.dumps(facts))


def beside(kinds: Iterable[int]) -> dict[str, int]:
    """What a fact says of the other kinds in its case."""
    return {f"with{kind}": 1 for kind in sorted(kinds)}


def element(tests: dict[str, int]) -> dict[str, Any]:
    """A rule of one element, all of whose tests are equalities, in the network's own notation."""
    equal = [{name: value} for name, value in tests.items()]
    return {"all": [{"m": {"$and": equal} if len(equal) > 1 else equal[0]}]}


# --- the process ----------------------------------------------------------------------------------


def serve(inbox: BinaryIO, outbox: BinaryIO) -> None:
    """Answer until the pipe is closed: patterns are kept under the number of their program, and cases put to them.

    Answers are numbered on from the number of the request, one for each case (or for the patterns). Whatever goes wrong
    ends the process; who reads the other end of the pipe knows at which case.
    """
    networks: dict[int, Network] = {}
    while header := inbox.read(HEADER.size):
        request = json.loads(inbox.read(*HEADER.unpack(header)))
        number, program = request["number"], request["program"]
        signal.alarm(LONGEST_SECONDS)
        if "patterns" in request:
            networks[program] = Network((rule, kind, tuple(others)) for rule, kind, others in request["patterns"])
            send(outbox, {"number": number, "hits": []})
        for place, case in enumerate(request.get("cases", ())):
            signal.alarm(LONGEST_SECONDS)
            send(outbox, {"number": number + place, "hits": networks[program].hits(case)})
        signal.alarm(0)


def frame(message: object) -> bytes:
    """A message as it crosses the pipe: its length, then JSON."""
    body = json.dumps(message, separators=(",", ":")).encode()
    return HEADER.pack(len(body)) + body


def send(outbox: BinaryIO, message: object) -> None:
    outbox.write(frame(message))
    outbox.flush()


def main(folder: str) -> None:
    """Serve stdin; whatever compiled code may print goes elsewhere."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides; closing the pipe is enough
    sys.path.append(folder)
    outbox = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, outbox)


if __name__ == "__main__":
    main(sys.argv[1])
