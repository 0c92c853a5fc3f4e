"""The sections of `docs/performance.md` about reading from Stripe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lib.billing.reading.pace import PER_SECOND

from .. import book
from .backfilling import ALLOWED, FREE, Line
from .backfilling import Run as Backfilled
from .costs import ALLOWANCE, IN_ALL, NEEDS, PAGE, PER_ENDPOINT, cost, scaled
from .measuring import Run

SIZES: Final = (10_000, 100_000, 1_000_000)


def write_listing(run: Run) -> None:
    book.put("Listing from Stripe instead", listing(run))


def write_backfill(run: Backfilled) -> None:
    book.put("Backfill", backfill(run))


def listing(run: Run) -> str:
    """What the same pages would cost without a projection."""
    return "\n\n".join([_head(run), "\n".join(_table(run)), _measured(run)])


def _head(run: Run) -> str:
    whole = ", ".join(f"{count:,} {name}" for name, count in run.counts.items())
    return f"""Reckoned, not measured: what a page would cost that asks Stripe's API and has no
projection. A list gives {PAGE} objects a request; Stripe documents {PER_ENDPOINT} requests a
second for an endpoint and {IN_ALL} for an account in live mode, and gives everybody {ALLOWANCE:,}
reads in thirty days beside 500 a transaction. Customers come expanded with what they own. Seconds
are at these limits, endpoints side by side and lists cut into stretches of time so that their pages
need not wait for each other; one after another they take what an answer takes, often ten times as
long. Counts are scaled from
{whole}.
`make bench ARGS="listing"` writes it again."""


def _table(run: Run) -> Iterator[str]:
    sizes = " | ".join(f"{size:,} subscriptions: requests | seconds" for size in SIZES)
    yield f"| page | {sizes} | no list gives |"
    yield "|---|" + "--:|--:|" * len(SIZES) + "---|"
    for need in NEEDS:
        cells = []
        for size in SIZES:
            found = cost(need.lists, scaled(run.counts, size))
            cells += [f"{found.requests:,}", _seconds(found.seconds)]
        yield f"| {need.page} | {' | '.join(cells)} | {need.lacks or '–'} |"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds < 1 else f"{seconds:,.0f}"


def _measured(run: Run) -> str:
    listed = " and ".join(f"{count:,} {kind}" for kind, count in run.listed.items())
    same = (
        "as reckoned"
        if run.requests == run.reckoned.requests
        else (f"where {run.reckoned.requests} were reckoned")
    )
    each = 1_000 * run.seconds / run.requests
    return (
        f"Tried once against the local Stripe ({run.customers} customers), one page after another: "
        f"{listed} took {run.requests} requests, {same}, and {run.seconds:.1f} seconds, {each:.0f} "
        "ms each with no network between."
    )


def backfill(run: Backfilled) -> str:
    """How fast everything is read once."""
    head = f"""`portside backfill` of a company of {run.customers:,} customers, {book.machine()},
load {run.load:.1f} when it began. Stripe documents {ALLOWED:.0f} requests a second for an endpoint;
ours keeps to {PER_SECOND:.0f}. *Recorded*: the local Stripe's own work is left out, its answers
come at once from a process on the same cores. `make bench ARGS="backfill"` measures it again."""
    table = [
        "| what | objects | requests | seconds | requests/s | objects/s | to the pace's seconds |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *(_row(line) for line in run.lines),
    ]
    free = [line for line in run.lines if line.pace == FREE]
    verdicts = [_verdict(line) for line in free]
    return "\n\n".join([head, "\n".join(table), " ".join(verdicts)])


def _row(line: Line) -> str:
    slower = "–" if line.pace == FREE else f"{line.seconds / line.allowed:.2f} ×"
    return (
        f"| {line.what} | {line.objects:,} | {line.requests:,} | {line.seconds:.1f} | "
        f"{line.rate:.1f} | {line.objects / line.seconds:,.0f} | {slower} |"
    )


def _verdict(line: Line) -> str:
    where = "PostgreSQL" if "PostgreSQL" in line.what else "SQLite"
    met = "met" if line.rate >= ALLOWED else "missed"
    return (
        f"Limited by Stripe's limits alone, on {where}: {met} ({line.rate:.1f} requests a second "
        f"are written down where {ALLOWED:.0f} may be asked)."
    )
