"""`portside catalog impact`: whom another catalogue changes, written while it is found out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ..config import Settings
from ..domain.catalog_impact import Change, Kind, Tally
from ..export import to_csv
from ..impact import Impact
from ..settings.catalog_file import read_catalog
from ..wiring import open_portside
from .output import Format, progress, say, table, write
from .reading import FormatOption

COLUMNS: Final = [
    "customer_id",
    "org_id",
    "email",
    "from_plan",
    "to_plan",
    "gained",
    "lost",
    "limits",
    "unresolved",
    "access_before",
    "access_after",
]
ROWS_AT_ONCE = 500


def impact(
    candidate: Annotated[
        Path | None, typer.Option("--candidate", help="Another file than PORTSIDE_CATALOG.")
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Say whose plan, features and limits a catalogue changes; exit 1 when anybody's.

    It is compared with the rows that are stored: what the product is answered today.
    """
    given = None if candidate is None else read_catalog(candidate)
    found = open_portside(Settings.load()).catalog_impact(given)
    if output is Format.JSON:
        _write_json(found)
    elif output is Format.CSV:
        _write_csv(found)
    else:
        with progress("Folding every customer with it"):
            for _ in found:
                pass
        _show(found.tally)
    if output is not Format.TABLE:
        say(found.tally.sentence())
    if found.tally.changed:
        raise typer.Exit(1)


def _write_json(found: Impact) -> None:
    first = True
    write('{"rows": [')
    for change in found:
        row = json.dumps(_facts(change), ensure_ascii=False)
        write(row if first else f", {row}")
        first = False
    write(f'], "totals": {json.dumps(_totals(found.tally), ensure_ascii=False)}}}')


def _write_csv(found: Impact) -> None:
    write(to_csv(COLUMNS, ()))
    changes = iter(found)
    while batch := list(islice(changes, ROWS_AT_ONCE)):
        write(to_csv(None, [_cells(change) for change in batch]))


def _facts(change: Change) -> dict[str, Any]:
    facts = asdict(change)
    facts |= {"gained": list(change.gained), "lost": list(change.lost)}
    facts["limits"] = {
        name: {"before": before, "after": after} for name, (before, after) in change.limits.items()
    }
    return facts


def _cells(change: Change) -> list[str]:
    facts = _facts(change) | {
        "gained": ";".join(change.gained),
        "lost": ";".join(change.lost),
        "limits": ";".join(
            f"{name}:{_limit(before)}→{_limit(after)}"
            for name, (before, after) in change.limits.items()
        ),
    }
    return [_spelt(facts[name]) for name in COLUMNS]


def _limit(value: int | None) -> str:
    return "none" if value is None else str(value)


def _spelt(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _totals(tally: Tally) -> dict[str, Any]:
    return {
        "customers": tally.customers,
        "changed": tally.changed,
        "sentence": tally.sentence(),
        "changes": [{"change": _words(kind), "customers": count} for kind, count in _ranked(tally)],
    }


def _ranked(tally: Tally) -> Iterator[tuple[Kind, int]]:
    return iter(sorted(tally.counts.items(), key=lambda pair: (pair[0][0], -pair[1], pair[0])))


def _words(kind: Kind) -> str:
    match kind:
        case ("plan", before, after):
            return f"plan {before} → {after}"
        case ("limit", name, before, after):
            return f"limit {name}: {before} → {after}"
        case ("unresolved",):
            return "plan unresolved"
        case _:
            return " ".join(kind)


def _show(tally: Tally) -> None:
    rows = [
        [
            _words(kind),
            f"{count:,}",
            ", ".join(tally.names[kind]) + (" …" if count > len(tally.names[kind]) else ""),
        ]
        for kind, count in _ranked(tally)
    ]
    if rows:
        table(["change", "customers", "who"], rows)
        say("--format csv names everybody.")
    say(tally.sentence())
