"""The section of `docs/performance.md` that a comparison with the peers writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from .. import book
from .installed import NODE_PACKAGES, PYTHON_PACKAGES
from .lines import BARE, IMPORT, IN_PROCESS, OVER_HTTP, Line, Target, engine_best, targets
from .measuring import Run

TITLE = "Ingest beside its peers"
LOADED = 1.5
"""Of the machine's processes: from here on the figures are not of a quiet machine."""

WHY: Final = {
    IN_PROCESS: """an event costs half a millisecond of Python, and PostgreSQL works on the other
core meanwhile: three times the rate needs half of that. Reading the event is a third of it,
projecting a quarter, no other part stands out. Tried: one pipeline over the driver's connection,
statements prepared by hand, standings kept in memory (together a seventh less,
[decision 33](decisions/0033-what-a-batch-costs-whatever-is-in-it.md)); smaller windows of the
compression, another HMAC, no garbage collection (nothing).""",
    OVER_HTTP: """both receivers, PostgreSQL and the sender share two cores, and all are busy; of 32
deliveries at once each receiver has some sixteen in a commit, of 64 twice as many. One round of
four seconds: the same batch of events took 0.6 to 0.9 milliseconds of a core within one process.
Earlier runs, on a machine that others used as well, came to 1.6. Tried: a moment's wait for those
who have just been answered, which doubled what is in a commit
([decision 33](decisions/0033-what-a-batch-costs-whatever-is-in-it.md)); a third receiver and a
fourth (slower).""",
    IMPORT: """reader, writer and PostgreSQL share two cores, and all are busy. Tried: the file laid
out by customer and read by a process of its own, which nearly doubled it
([decision 34](decisions/0034-a-file-is-laid-out-by-customer.md)); larger batches (more memory for
the same returns). Not done: COPY of everything and one replay at its end, which would leave rows
without what the inbox calls applied whenever it breaks off.""",
}
"""Of targets that were missed once: why, and what was tried."""


def write(run: Run) -> None:
    book.put(TITLE, text(run))


def text(run: Run) -> str:
    """The whole section but its title."""
    wanted = targets(run.lines, run.http)
    parts = [_head(run), "\n".join(_table(run)), "\n".join(_targets(wanted)), *_missed(wanted)]
    return "\n\n".join(parts)


def _head(run: Run) -> str:
    engine, dj_stripe = NODE_PACKAGES["@supabase/stripe-sync-engine"], PYTHON_PACKAGES["dj-stripe"]
    quiet = "" if run.load < LOADED else ": others were at work on it"
    return f"""{run.events:,} signed subscription events, the same for everybody, into PostgreSQL
{run.version} as `initdb` configures it (every commit is flushed) over its socket, each into a
database of its own; {book.machine()}, load {run.load:.1f} when it began{quiet}.
Median of {run.rounds} rounds (dj-stripe, ours one a commit, HTTP, import and replay: one). The
sync engine is `@supabase/stripe-sync-engine` {engine} in node, its `processWebhook` called with
each signed body: signature, then upserts, without inbox, order of events or movements. `dj-stripe`
{dj_stripe} takes each through its own view; what it reads again of Stripe is answered by a process
beside it. Ours checks the signature, then keeps inbox, observations, fold, projection, movements
and sums, in one transaction. Over HTTP the receivers are `portside serve`, and the sender runs on
the same cores. Import and replay are of {run.larger:,} events, ten times as many.
`make bench ARGS="peers"` measures it again."""


def _table(run: Run) -> Iterator[str]:
    bare = next((line.rate for line in run.lines if line.what == BARE), None)
    best = engine_best(run.lines)
    ratios = "ratio to the bare loop | ratio to the sync engine's best"
    yield f"| what | events/s | slowest and fastest round | {ratios} |"
    yield "|---|--:|--:|--:|--:|"
    for line in run.lines:
        yield f"| {line.what} | {_cells(line, bare, best)} |"


def _cells(line: Line, bare: float | None, best: float | None) -> str:
    if line.rate is None:
        return f"not measured: {line.why} | | | "
    spread = "" if len(line.rates) == 1 else f"{min(line.rates):,.0f}–{max(line.rates):,.0f}"
    ratios = [f"{line.rate / other:.2f}" if other else "–" for other in (bare, best)]
    return " | ".join([f"{line.rate:,.0f}", spread, *ratios])


def _targets(wanted: Sequence[Target]) -> Iterator[str]:
    yield "| target | at least | measured | |"
    yield "|---|--:|--:|---|"
    for target in wanted:
        ratio = "–" if target.ratio is None else f"{target.ratio:.1f} ×"
        yield f"| {target.what} | {target.wanted:g} × | {ratio} | {target.verdict} |"


def _missed(wanted: Sequence[Target]) -> Iterator[str]:
    for target in wanted:
        if target.verdict == "missed" and target.what in WHY:
            yield f"“{target.what}” was missed:\n{WHY[target.what]}"
