"""Failing invoices, and what was asked of Stripe about them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from . import meta
from .tables import invoices

ASKED: Final = "declines_asked"
REFUSED: Final = "declines_refused"


@dataclass(frozen=True, slots=True)
class Failing:
    """``explained``: a decline or error code is known, of this failure or of an earlier one."""

    invoice_id: str
    attempt: int
    explained: bool


def failing(connection: Connection) -> list[Failing]:
    """Every failing invoice, the latest failure first."""
    table = invoices.c
    found = connection.execute(
        select(table.invoice_id, table.attempt_count, table.decline_code, table.failure_code)
        .where(table.failing)
        .order_by(table.failed_at.desc(), table.invoice_id)
    )
    return [
        Failing(row.invoice_id, row.attempt_count, bool(row.decline_code or row.failure_code))
        for row in found
    ]


def asked(connection: Connection) -> dict[str, int]:
    """Invoice id -> the attempt that Stripe was last asked about."""
    return dict(json.loads(meta.get(connection, ASKED) or "{}"))


def keep_asked(connection: Connection, told: Mapping[str, int]) -> None:
    meta.put(connection, ASKED, json.dumps(told, sort_keys=True))


def refused(connection: Connection) -> str | None:
    """Why the key may not read decline codes; None when it may, or was not tried yet."""
    return meta.get(connection, REFUSED)


def keep_refused(connection: Connection, sentence: str | None) -> None:
    if sentence is None:
        meta.forget(connection, REFUSED)
    else:
        meta.put(connection, REFUSED, sentence)
