"""`portside report`: to the terminal as a table, or into a file of any form."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ..config import Settings
from ..desk import Portside
from ..domain.errors import WrongUsage
from ..files import Form, Written, write
from ..files.beside import whole
from ..files.comma import definitions
from ..wiring import open_portside
from .output import progress, say, table


class ReportFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


def register(app: typer.Typer) -> None:
    app.command("report")(report)


def report(
    name: Annotated[str, typer.Argument(help="Which report, for example winding-down.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="A day (before its end) or an ISO time.")
    ] = None,
    start: Annotated[str | None, typer.Option("--from", help="First day, inclusive.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day, inclusive.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="day, week, month or quarter.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="Only this one.")] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy", help="portside, stripe, chartmogul, profitwell or one of portside.toml."
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", help="At most so many rows.")] = None,
    reporting: Annotated[
        bool, typer.Option("--reporting", help="Amounts in the reporting currency, FX apart.")
    ] = False,
    form: Annotated[
        ReportFormat | None,
        typer.Option("--format", help="How the rows come out; else the ending of --output."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="A file, written whole or not at all.")
    ] = None,
    explained: Annotated[
        bool,
        typer.Option("--definitions", help="With a CSV file: its definitions in a file beside."),
    ] = False,
) -> None:
    """Print a report, or write it to a file."""
    wanted = _wanted(form, output)
    if explained and (wanted is not Form.CSV or output is None):
        raise WrongUsage(
            "--definitions writes a file beside a CSV file: give --output FILE.csv. "
            "JSON, XLSX and Parquet carry their definitions."
        )
    portside = open_portside(Settings.load())
    options: dict[str, Any] = {
        "as_of": as_of,
        "start": start,
        "end": end,
        "by": by,
        "currency": currency,
        "policy": policy,
        "limit": limit,
        "reporting": reporting,
    }
    if wanted is None:
        _print(portside, name, options)
    elif output is None:
        with portside.report_stream(name, **options) as stream:
            write(stream, wanted, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        written = _save(portside, name, options, wanted, output, explained)
        say(f"{output}: {written.rows:,} {'row' if written.rows == 1 else 'rows'}.")


def _wanted(form: ReportFormat | None, output: Path | None) -> Form | None:
    """None is a table on the terminal."""
    if output is None:
        wanted = form or ReportFormat.TABLE
        if wanted in (ReportFormat.XLSX, ReportFormat.PARQUET) and sys.stdout.isatty():
            raise WrongUsage(
                f"A terminal cannot show {wanted.value}: give --output FILE.{wanted.value}."
            )
        return None if wanted is ReportFormat.TABLE else Form(wanted)
    ending = output.suffix.lower().removeprefix(".")
    if form is ReportFormat.TABLE or (form is None and ending not in set(Form)):
        raise WrongUsage(
            f"A file needs a form: --format {', '.join(Form)}, or a name that ends in one of them."
        )
    return Form(form or ending)


def _print(portside: Portside, name: str, options: dict[str, Any]) -> None:
    found = portside.report(name, **options)
    if found.rows:
        table(found.header(), found.cells())
    else:
        say(f"The report {name} has no rows.")


def _save(
    portside: Portside,
    name: str,
    options: dict[str, Any],
    form: Form,
    output: Path,
    explained: bool,
) -> Written:
    with progress(f"Reading {name}") as tell, whole(output) as out:
        with portside.report_stream(
            name, told=lambda rows: tell(f"{rows:,} rows"), **options
        ) as stream:
            written = write(stream, form, out)
        if explained:
            with whole(output.with_suffix(".definitions.csv")) as beside:
                beside.write(definitions(stream).encode())
    return written
