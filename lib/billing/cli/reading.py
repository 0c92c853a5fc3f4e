"""Commands that only read: explain, doctor."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ..config import Settings
from ..domain.errors import WrongUsage
from ..domain.times import as_of_second
from ..export import to_csv
from ..wiring import open_portside
from .output import Format, table, write

FormatOption = Annotated[Format, typer.Option("--format", help="How the rows come out.")]


def register(app: typer.Typer) -> None:
    app.command("explain")(explain)
    app.command("doctor")(doctor)


def explain(
    wanted: Annotated[str, typer.Argument(help="Customer id, organization or e-mail.")],
    at: Annotated[str | None, typer.Option("--at", help="A day or an ISO time.")] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Say why a customer has or lacks access: the rule, the event, what would change it."""
    portside = open_portside(Settings.load())
    try:
        second = None if at is None else as_of_second(at, portside.timezone)
    except ValueError as error:
        raise WrongUsage(f"--at {error}") from None
    found = portside.explain(wanted, second)
    if output is Format.TABLE:
        for explanation in found:
            write(explanation.to_text())
        return
    if output is Format.CSV:
        raise WrongUsage("An explanation is no table: use --format json.")
    write(
        json.dumps([explanation.to_dict() for explanation in found], indent=2, ensure_ascii=False)
    )


def doctor(output: FormatOption = Format.TABLE) -> None:
    """Check the set-up: keys, secret, catalogue, portal, return URL, database."""
    from ..doctor import examine

    findings = examine(Settings.load())
    bad = sum(not finding.ok for finding in findings)
    shown = [
        {"ok": f.ok, "check": f.name, "found": f.sentence, "remedy": f.remedy} for f in findings
    ]
    if output is Format.JSON:
        write(json.dumps(shown, indent=2, ensure_ascii=False))
    elif output is Format.CSV:
        rows = [["true" if f.ok else "false", f.name, f.sentence, f.remedy] for f in findings]
        write(to_csv(["ok", "check", "found", "remedy"], rows))
    else:
        rows = [
            ["ok" if f.ok else "!!", f.name, f.sentence, "" if f.ok else f.remedy] for f in findings
        ]
        table(["", "check", "found", "what to do"], rows)
    if bad:
        raise typer.Exit(1)
