"""A report of every kind of value, and its file in any form."""

from __future__ import annotations

import io
from typing import Any

from lib.billing.domain.catalog import parse_catalog
from lib.billing.files import Form, write
from lib.billing.reports.definition import Definition
from lib.billing.reports.fields import Field, Kind
from lib.billing.reports.request import ReportRequest
from lib.billing.reports.stream import Stream
from lib.billing.settings.setup import Setup

NOW = 1_769_860_800  # 31 January 2026, 12:00 UTC

DEFINITION = Definition(
    name="made-up",
    question="What becomes of each kind of value?",
    rows=lambda connection, request: [],
    counted_as="rows",
    sums=("amount_minor",),
    order="As given",
    fields=(
        Field("name", Kind.TEXT, "A text that somebody else wrote."),
        Field("amount_minor", Kind.MONEY, "An amount."),
        Field("currency", Kind.TEXT, "Currency of the amount."),
        Field("count", Kind.NUMBER, "A number."),
        Field("at", Kind.TIME, "A time."),
        Field("flag", Kind.FLAG, "A yes or no."),
        Field("share", Kind.RATE, "A share."),
        Field("features", Kind.LIST, "Texts."),
        Field("limits", Kind.MAPPING, "Numbers by name."),
    ),
)
NOTHING: dict[str, Any] = {field.name: None for field in DEFINITION.fields}


def row(**given: Any) -> dict[str, Any]:
    """One row; what is not given is unknown."""
    return NOTHING | given


def stream(
    rows: list[dict[str, Any]], *, timezone: str = "UTC", limit: int | None = None
) -> Stream:
    setup = Setup(catalog=parse_catalog('default_plan = "free"'), timezone=timezone)
    request = ReportRequest.parse("made-up", setup, now=NOW, limit=limit)
    return Stream(DEFINITION, request, rows, watermark=7)


def file_of(form: Form, rows: list[dict[str, Any]], **given: Any) -> bytes:
    out = io.BytesIO()
    write(stream(rows, **given), form, out)
    return out.getvalue()
