"""A self-audit as text: it reads every row, so that large ones are made now and then and kept."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ..domain.said_plain import again, plain
from ..store.spelling import read, spell
from .audit_lines import AtFault, AuditLine, SelfAudit


def to_text(found: SelfAudit) -> str:
    return spell([_line(line) for line in found.lines])


def from_text(text: str, checked_at: int) -> SelfAudit:
    return SelfAudit(tuple(_line_again(line) for line in read(text)), checked_at)


def _line(line: AuditLine) -> dict[str, Any]:
    told = {field.name: plain(getattr(line, field.name)) for field in fields(line) if _one(field)}
    rows = [{f.name: plain(getattr(row, f.name)) for f in fields(row)} for row in line.rows]
    return told | {"rows": rows}


def _one(field: Any) -> bool:
    return bool(field.name != "rows")


def _line_again(told: dict[str, Any]) -> AuditLine:
    rows = tuple(AtFault(**{name: again(value) for name, value in r.items()}) for r in told["rows"])
    return AuditLine(
        **{name: again(value) for name, value in told.items() if name != "rows"}, rows=rows
    )
