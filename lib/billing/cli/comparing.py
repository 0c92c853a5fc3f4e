"""The command that compares with Stripe: reconcile."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from ..config import Settings
from ..domain.causes import CAUSES
from ..domain.errors import WrongUsage
from ..domain.filters import clean
from ..reconcile import ReconcileSummary
from ..wiring import open_writer
from .output import Format, progress, say, table, write
from .reading import FormatOption


def register(app: typer.Typer) -> None:
    app.command("reconcile")(reconcile)


def reconcile(
    apply: Annotated[bool, typer.Option("--apply", help="Repair what can be repaired.")] = False,
    customer: Annotated[str | None, typer.Option(help="Only this one, by Stripe's id.")] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Compare the projection with Stripe; exit 1 while findings are open and unacknowledged.

    `portside report drift` lists them one by one.
    """
    if output is Format.CSV:
        raise WrongUsage("Use --format table or json here; `portside report drift` gives CSV.")
    if customer is not None and not (customer := clean(customer)):
        raise WrongUsage("Name a customer by Stripe's id: --customer cus_…")
    with progress("Comparing with Stripe") as status:
        summary = open_writer(Settings.load()).reconcile(
            apply=apply, only=customer, progress=status
        )
    if output is Format.JSON:
        write(json.dumps(asdict(summary) | {"unanswered": summary.unanswered}, indent=2))
    else:
        _show(summary)
    if summary.unanswered:
        raise typer.Exit(1)


def _show(summary: ReconcileSummary) -> None:
    if summary.open:
        rows = [
            [
                count.cause,
                count.kind,
                str(count.open),
                str(count.acknowledged),
                CAUSES[count.cause].means,
            ]
            for count in summary.open
        ]
        table(["cause", "kind", "open", "acknowledged", "what it means"], rows)
    say(
        f"{summary.customers:,} customers compared with {summary.requests:,} requests: "
        f"{summary.found:,} found, {summary.new:,} of them new, {summary.repaired:,} repaired, "
        f"{summary.resolved:,} no longer there."
    )
    for part, why in summary.left_out.items():
        say(f"Left out: {part}. {why}")
    left = dict.fromkeys(c.cause for c in summary.open if c.open > c.acknowledged)
    for cause in left:
        say(f"{cause}: {CAUSES[cause].remedy}")
