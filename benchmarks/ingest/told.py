"""The section of `docs/performance.md` that a run of ingest writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import book
from .measuring import AT_ONCE, Measured

PEERS_BEST = 1_340
"""Events a second that `@supabase/stripe-sync-engine` applied at its best on two quiet cores, eight
at once, called in process, without inbox, order or movements."""
ONE_AT_A_TIME = 580
"""The same, one at a time."""
TARGETS = (
    ("in process, batches of 50", 3 * PEERS_BEST),
    ("over HTTP, 32 at once", 1.5 * PEERS_BEST),
    ("import", 10 * ONE_AT_A_TIME),
    ("replay", 10 * ONE_AT_A_TIME),
)


def write(found: Sequence[Measured], signatures: float) -> None:
    """Put the figures into the page."""
    parts = [_head(found, signatures), _ways(found), _curve(found), _targets(found)]
    book.put("Ingest", "\n\n".join(parts))


def _head(found: Sequence[Measured], signatures: float) -> str:
    load = ", ".join(f"{each.load:.1f}" for each in found)
    first = found[0]
    return f"""{first.events:,} subscription events of {first.customers:,} customers, durable and
projected: inbox, order, entitlements, movements, sums, search. {book.machine()}, load {load} when
it began. Events a second; the ratio is to the bare loop that inserts the body into one table and
commits, one by one. Signature and JSON alone: {signatures:,.0f} a second.
`make bench ARGS="ingest"` measures it again."""


def _ways(found: Sequence[Measured]) -> str:
    lines = [
        "| way |" + "".join(f" {each.kind} | ratio |" for each in found),
        "|---|" + "--:|--:|" * len(found),
    ]
    ways = [_of(each) for each in found]
    for name in ways[0]:
        cells = [name]
        for each, own in zip(found, ways, strict=True):
            cells += [f"{own[name]:,.0f}", f"{own[name] / each.bare[1]:.2f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _of(measured: Measured) -> dict[str, float]:
    bare = {f"bare loop, {n} in a commit": rate for n, rate in measured.bare.items()}
    batches = {f"in process, batches of {n:,}": r for n, r in measured.in_process.items()}
    return bare | batches | {"import": measured.imported, "replay": measured.replayed}


def _curve(found: Sequence[Measured]) -> str:
    lines = [
        "Over HTTP, signed beforehand and sent by a process of its own on the same cores:",
        "",
        "| receivers |" + "".join(f" {n} at once |" for n in AT_ONCE),
        "|---|" + "--:|" * len(AT_ONCE),
    ]
    for each in found:
        for receivers in sorted({number for number, _ in each.over_http}):
            rates = (each.over_http[receivers, n] for n in AT_ONCE)
            name = f"{each.kind}, {receivers}"
            lines.append(f"| {name} | " + " | ".join(f"{rate:,.0f}" for rate in rates) + " |")
    return "\n".join(lines)


def _targets(found: Sequence[Measured]) -> str:
    lines = ["| target | wanted | measured | of it |", "|---|--:|--:|--:|"]
    for name, wanted, rate in _judged(found[-1]):
        lines.append(f"| {name} | {wanted:,.0f} | {rate:,.0f} | {rate / wanted:.2f} |")
    return "\n".join([f"On {found[-1].kind}:", "", *lines])


def _judged(measured: Measured) -> Iterator[tuple[str, float, float]]:
    best = max((r for (_, at_once), r in measured.over_http.items() if at_once == 32), default=0.0)
    rates = _of(measured) | {"over HTTP, 32 at once": best}
    for name, wanted in TARGETS:
        yield name, wanted, rates[name]
