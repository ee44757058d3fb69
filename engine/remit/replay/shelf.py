"""A shelf of cases all at once: as `evaluate`, with the columnar program for every plain matter.

Plain is a matter of one case that tells every id once, and in which nobody acted upon a report or a case, nor upon a duty but to
waive or dispute it. The others are worked out one by one, as `evaluate` does it; both answers are put into one order.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from remit.columnar.law import ColumnarLaw, ready
from remit.columnar.replay import Replay
from remit.columnar.schema import OBLIGATIONS
from remit.columnar.told import SPECIAL
from remit.replay.evaluate import ROWS, Again, evaluate
from remit.semantics.law import Law


def settled(
    events: pa.Table,
    law: Law | ColumnarLaw,
    now: datetime,
    again: Again,
    *,
    memory: str | None = None,
    spill: Path | None = None,
) -> pa.Table:
    """What the cases owe at `now`, by `columnar.schema.OBLIGATIONS`: matter by matter, in document order.

    Args:
        events: sorted by matter and position.
        law: as for `evaluate`; made ready where many shelves follow.
        now: as for `evaluate`.
        again: as for `evaluate`.
        memory: how much DuckDB may take, such as `4GB`; what is more goes to `spill`.
        spill: a directory.
    """
    rules = ready(law)
    matters = pc.unique(events["matter"].filter(odd(events)))
    apart = pc.or_(events["matter"].is_null(), pc.is_in(events["matter"], value_set=matters))
    strange, plain = events.filter(apart), events.filter(pc.invert(apart)).drop_columns(["matter", "position", "line"])
    one_by_one = evaluate(strange.combine_chunks().to_batches(max_chunksize=ROWS), rules.law, now, again)
    found = [pa.Table.from_batches(one_by_one, schema=OBLIGATIONS)]
    if plain.num_rows:
        replayed = Replay(rules, plain, now, threads=1, memory=memory, spill=spill)
        found.append(replayed.answer(rules, agenda=False))
    return in_order(pa.concat_tables(found), strange, rules.law)


def odd(events: pa.Table) -> pa.ChunkedArray:
    """The events by which a matter is not plain: acts upon others, ids that came before, and those of another case."""
    acts = pc.is_in(events["type"], value_set=pa.array(sorted(SPECIAL), pa.string()))
    counts = events.group_by(["matter", "id"]).aggregate([("id", "count")])
    twice = pc.unique(counts["matter"].filter(pc.greater(counts["id_count"], 1)))
    other = pc.fill_null(pc.not_equal(events["matter"], events["case"]), True)
    return pc.or_(pc.or_(acts, other), pc.is_in(events["matter"], value_set=twice))


def in_order(owed: pa.Table, strange: pa.Table, law: Law) -> pa.Table:
    """By matter, and within it as `semantics.obligations.document_order` has it."""
    homes = strange.filter(pc.not_equal(strange["case"], strange["matter"])).select(["case", "matter"])
    homes = homes.group_by("case").aggregate([("matter", "min")])
    moved = homes["matter_min"].take(pc.index_in(owed["case"], value_set=homes["case"]))
    names = pa.array([f"{r.rule.policy}\0{r.rule.id}" for r in law.program.rules], pa.string())
    rule = pc.index_in(pc.binary_join_element_wise(owed["policy"], owed["rule"], "\0"), value_set=names)
    keys = pa.table({
        "matter": pc.coalesce(moved, owed["case"]), "case": pc.fill_null(owed["case"], ""), "rule": pc.fill_null(rule, len(names)),
        "period": pc.fill_null(owed["period"], ""), "bearer": pc.struct_field(owed["bearer"], "id"), "id": owed["id"],
    })  # fmt: skip
    return owed.take(pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names]))
