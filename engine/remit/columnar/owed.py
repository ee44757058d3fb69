"""What the plan found of each draft → obligations: first one flat row each, then with everyone who has a part in it."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from remit.columnar.asked import Asked
from remit.columnar.schema import OBLIGATIONS


def escape(text: str) -> str:
    """As `semantics.drafts.escaped`, of a column; few texts hold what has to be replaced."""
    replaced = f"replace(replace({text}, '%', '%25'), '/', '%2F')"
    return f"CASE WHEN contains({text}, '%') OR contains({text}, '/') THEN {replaced} ELSE {text} END"


CASE = '"case"'
#: Performed, and nothing is left to acknowledge; what has to be kept up is no more performed once it was breached.
DONE = "(done_at IS NOT NULL AND CASE WHEN maintained THEN must AND broken_at IS NULL ELSE NOT handover END)"
BROKEN = f"(broken_at IS NOT NULL AND verdict IS NOT NULL AND NOT {DONE})"
LATE = "CASE WHEN latest IS NOT NULL AND {0} > latest AND NOT perdurant THEN 'breached' ELSE {1} END"
#: Performed in time, or late but not too late: nothing is left to waive or dispute.
PERFORMED = f"verdict IS NOT NULL AND {DONE} AND (maintained OR due IS NULL OR done_at <= due OR latest IS NULL OR done_at <= latest OR perdurant)"
#: The reports that raised it, and of what is kept up those that broke it.
REPORTS = "CASE WHEN others IS NULL THEN [id] ELSE list_prepend(id, others) END"
#: The columns of an obligation that are not the same for all, and in place of parties their numbers.
FLAT: Mapping[str, str] = {
    "id": f"prefix || bearer_key || '/' || ({escape(CASE)}) || CASE per WHEN 'case' THEN '' ELSE '/' || ({escape('part')}) END",
    "rule": "name", "policy": "policy", "post": "post", "case": CASE, "subject": "subject",
    "status": f"""CASE
        WHEN lifted IS NOT NULL AND NOT ({PERFORMED}) THEN lifted
        WHEN verdict IS NULL THEN 'undecided'
        WHEN {BROKEN} THEN 'breached'
        WHEN maintained THEN CASE WHEN {DONE} THEN 'done' ELSE 'in_force' END
        WHEN {DONE} THEN CASE WHEN due IS NULL OR done_at <= due THEN 'done' ELSE {LATE.format("done_at", "'done_late'")} END
        WHEN moment < arose THEN 'pending'
        WHEN due IS NULL OR moment <= due THEN 'active'
        ELSE {LATE.format("moment", "'overdue'")} END""",
    "triggered_by": f"CASE WHEN maintained AND {BROKEN} THEN list_concat({REPORTS}, [x FOR x IN breaches IF NOT list_contains({REPORTS}, x)]) ELSE {REPORTS} END",
    "breached_at": f"CASE WHEN {BROKEN} THEN broken_at END",
    "opens": "arose", "due": "due", "latest": "latest", "deadline_state": "deadline_state", "reading": "reading",
    "awaits": "awaits", "calendars": "calendars", "performed_at": f"CASE WHEN {DONE} THEN done_at END",
    "performed_by": f"CASE WHEN {DONE} THEN done_by ELSE [] END", "rebuttable": "doubtful",
    "handover_open": "NOT maintained AND handover AND done_at IS NOT NULL AND verdict IS NOT NULL",
    "asks": "CASE WHEN len(doubts) > 0 THEN array_to_string(doubts, ',') || ',' || asks ELSE asks END",
}  # fmt: skip


def obligations(flat: pa.Table, asked: Asked) -> pa.Table:
    """The rows with their parties and questions, by `schema.OBLIGATIONS`."""
    beside = asked.parties().take(flat["post"])
    asks = flat["asks"].combine_chunks().dictionary_encode()
    questions = asked.asking(asks.dictionary.to_pylist()).take(asks.indices)
    size = len(flat)

    def column(field: pa.Field) -> pa.Array:
        match field.name:
            case "questions":
                return questions
            case "nature":
                return pa.repeat(pa.scalar("triggered"), size)
            case name if name in beside.column_names:
                return beside[name]
            case name if name in FLAT:
                return flat[name].cast(field.type)
        return pa.nulls(size, field.type)

    return pa.Table.from_arrays([column(field) for field in OBLIGATIONS], schema=OBLIGATIONS)
