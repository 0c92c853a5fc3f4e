"""A file of any length takes little memory, and nobody's page waits for it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.bulk.world import World
from lib.billing.files import Form
from lib.billing.store import migrate, tables
from lib.billing.store.engine import Store

from .processes import nursery
from .proof import Disproved, Figures, holds
from .spreadsheet import rows_of_parquet, rows_of_workbook

REPORT = "invoices"
EACH = 6.89
"""Invoices of a customer of the made-up company."""

ALLOWED = 300 * 1024 * 1024
FORMS = (Form.CSV, Form.JSON, Form.XLSX, Form.PARQUET)


def files(rows: int) -> Figures:
    """Every form of the largest report, of about ``rows`` rows, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'company.db'}"
        there = _company(url, max(int(rows / EACH), 10))
        figures: Figures = {"rows": there}
        for form in FORMS:
            target = Path(folder) / f"{REPORT}.{form}"
            told = _written(url, form, target)
            holds(told["rows"] == there, f"{form}: {told['rows']} rows of {there} were written.")
            holds(_rows_in(target, form) == there, f"{form}: the file lacks rows.")
            holds(
                told["growth"] <= ALLOWED,
                f"{form}: memory grew by {told['growth'] / 2**20:.0f} MiB.",
            )
            target.unlink()
            figures[f"{form.label}, memory grew by"] = f"{told['growth'] / 2**20:.0f} MiB"
            figures[f"{form.label}, seconds of processor"] = f"{told['processor']:.0f}"
            figures[f"{form.label}, size"] = f"{told['bytes'] / 2**20:.0f} MiB"
            figures[f"{form.label}, failed payments read meanwhile"] = (
                f"{told['beside'] * 1000:.0f} ms, alone {told['alone'] * 1000:.0f} ms"
            )
        return figures


def _company(url: str, customers: int) -> int:
    store = Store(url)
    migrate.upgrade(store)
    World(customers, lives=min(400, customers)).fill(store, without=("search_terms",))
    with store.reading() as connection:
        found = connection.execute(select(func.count()).select_from(tables.invoices)).scalar_one()
    store.close()
    return int(found)


def _written(url: str, form: Form, target: Path) -> dict[str, Any]:
    told = [url, REPORT, form.value, str(target)]
    process = nursery().start(told, {}, target.with_suffix(f".{form}.log"), program="exporter")
    process.wait(6 * 3600)
    try:
        found: dict[str, Any] = json.loads(process.output.read_text())
    except ValueError:
        raise Disproved(f"{form}: {process.log.read_text()[-2_000:]}") from None
    return found


def _rows_in(target: Path, form: Form) -> int:
    match form:
        case Form.CSV:
            with target.open("rb") as lines:
                return sum(1 for _ in lines) - 1
        case Form.JSON:
            with target.open("rb") as lines:
                return sum(line.startswith(b'      "invoice_id"') for line in lines)
        case Form.XLSX:
            return rows_of_workbook(target)
        case Form.PARQUET:
            return rows_of_parquet(target)
