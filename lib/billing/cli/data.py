"""Commands that bring data in: ingest, backfill, replay, drain."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ..config import Settings
from ..domain.errors import BillingError
from ..export import to_csv
from ..import_file import PROCESSES, import_file
from ..ingest import IMPORT_BATCH
from ..intake.summary import Summary
from ..reading.pace import PER_SECOND
from ..replay import ReplaySummary
from ..replay import replay as fold_again
from ..replay_policy import PolicyReplaySummary, replay_policy
from ..sync import BackfillSummary
from ..wiring import open_ingest, open_writer
from .output import Format, progress, say, table, write
from .reading import FormatOption

COUNTS = ("lines", "applied", "stale", "ignored", "repeated", "failed")


def register(app: typer.Typer) -> None:
    app.command("ingest")(ingest)
    app.command("backfill")(backfill)
    app.command("replay")(replay)
    app.command("drain")(drain)


def ingest(
    file: Annotated[str, typer.Argument(help="A file of event bodies, one a line; - is stdin.")],
    output: FormatOption = Format.TABLE,
    batch: Annotated[
        int, typer.Option(min=1, max=100_000, help="Lines a transaction; webhooks wait that long.")
    ] = IMPORT_BATCH,
    processes: Annotated[
        int, typer.Option(min=0, max=64, help="That read the lines of a file beyond one batch.")
    ] = PROCESSES,
    scratch: Annotated[
        Path | None, typer.Option(help="Where such a file is laid out; it needs as much room.")
    ] = None,
) -> None:
    """Apply stored Stripe events through the webhook's own path, customer by customer."""
    ingest = open_ingest(Settings.load())
    with progress("Reading events") as status:
        summary = import_file(
            ingest,
            _lines(file),
            batch=batch,
            processes=processes,
            scratch=scratch,
            progress=status,
        )
    _show(summary, output)
    if not summary.clean:
        raise typer.Exit(1)


def drain(output: FormatOption = Format.TABLE) -> None:
    """Try again every event that could not be applied, also those given up."""
    summary = open_writer(Settings.load()).drain.run()
    _show(summary, output)
    if not summary.clean:
        raise typer.Exit(1)


def backfill(
    output: FormatOption = Format.TABLE,
    per_second: Annotated[
        float, typer.Option(min=0.1, max=100, help="Requests a second; Stripe allows 25.")
    ] = PER_SECOND,
) -> None:
    """Read customers, subscriptions, invoices and prices from Stripe, resuming where it stopped."""
    with progress("Reading from Stripe") as status:
        summary = open_writer(Settings.load()).backfill(progress=status, per_second=per_second)
    if output is Format.JSON:
        write(json.dumps(asdict(summary), indent=2))
    elif output is Format.CSV:
        counts = [(kind, summary.read.get(kind, 0), n) for kind, n in summary.read_in_all.items()]
        write(to_csv(["objects", "this_run", "in_all"], counts))
    else:
        _show_read(summary)
    if summary.failed:
        raise typer.Exit(1)


def replay(
    output: FormatOption = Format.TABLE,
    policy: Annotated[
        str | None,
        typer.Option("--policy", help="Keep this one's movements beside the configured one's."),
    ] = None,
) -> None:
    """Derive every row anew from what was observed, after a change of catalogue or policy."""
    summary: ReplaySummary | PolicyReplaySummary
    with progress("Folding") as status:
        if policy is None:
            summary = fold_again(open_ingest(Settings.load()), progress=status)
        else:
            installed = open_writer(Settings.load())
            summary = replay_policy(installed.store, installed.setup, policy, progress=status)
    if output is Format.JSON:
        write(json.dumps(asdict(summary), indent=2))
    elif output is Format.CSV:
        write(to_csv(list(asdict(summary)), [list(asdict(summary).values())]))
    else:
        what = "rows" if policy is None else "movements"
        done = f"some {what} differed" if summary.batches_changed else "nothing differed"
        say(f"{summary.customers:,} customers folded, {done}.")


def _show_read(summary: BackfillSummary) -> None:
    rows = [
        [kind, f"{summary.read.get(kind, 0):,}", f"{count:,}"]
        for kind, count in summary.read_in_all.items()
    ]
    table(["objects", "this run", "in all"], rows)
    say(
        f"{summary.requests:,} requests to Stripe, {summary.requests_in_all:,} in all of "
        f"{summary.runs:,} runs."
    )
    for kind, why in summary.left_out.items():
        say(f"Left out: {kind}. {why}")
    for kind in summary.unexpanded:
        say(f"Stripe would not give {kind} with all their details.")
    for event, error in summary.failures:
        say(f"{event}: {error}")


def _lines(file: str) -> Iterator[bytes]:
    if file == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(file).open("rb") as stream:
            yield from stream
    except OSError as error:
        raise BillingError(f"Cannot read {file}: {error.strerror}.", code="no_file") from None


def _show(summary: Summary, output: Format) -> None:
    counts = {name: getattr(summary, name) for name in COUNTS} | {"rejected": len(summary.rejected)}
    if output is Format.JSON:
        rejected = [{"line": line, "reason": reason} for line, reason in summary.rejected]
        failures = [{"event_id": event, "error": error} for event, error in summary.failures]
        write(json.dumps(counts | {"rejected_lines": rejected, "failures": failures}, indent=2))
        return
    if output is Format.CSV:
        write(",".join(counts) + "\n" + ",".join(str(n) for n in counts.values()))
        return
    table(list(counts), [[f"{n:,}" for n in counts.values()]])
    for line, reason in summary.rejected:
        say(f"line {line}: {reason}")
    for event, error in summary.failures:
        say(f"{event}: {error}")
