"""The section of `docs/performance.md` that a run of clicks writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import book
from .driving import Timed, median, p95
from .run import DEMO, PATIENCE, Run

FRAGMENT = 300
"""Milliseconds within which a fragment is to be drawn anew."""
PAGE = 1.5
"""How much longer than a bare page another page may take."""

WHY = """Where the time of a fragment goes, on average: a tenth before the server is asked (20 ms:
a choice of Streamlit's takes 50 to 110 to tell the address and to draw the whole app with it, ours
ask first, decision 39), six tenths until the server's last message, while the browser draws what
has come, a third after it. Kept: charts
are described without Plotly and drawn by a component of a few kilobytes (`dashboard/ui/picture.py`,
decision 36), and texts are copied from our own box: Streamlit's loads colours for two hundred
languages, 0.6 seconds of the first look at a customer. The row of key numbers is one element
(`dashboard/ui/kpis.py`) and views are a switch, not tabs (decision 37). Tables are words in rows,
not a canvas, and what needs somebody is one list (`dashboard/ui/grid.py`, `ways.py`; decision 38).
The menu goes as the way back does, and it, a section's title and the line of how fresh a page is
are one element each: Streamlit's menu was drawn anew with every part of a page that came in, two
fifths of what React drew for another page (`dashboard/ui/menu.py`, `titles.py`; decision 41).
Tried, and not kept: messages held back and sent in few bursts (a tenth less on pages, nothing on
fragments, and the first part of a page comes later). Each widget of Streamlit's that stands on the
page costs a millisecond or two, drawn again or not. What a currency or a period changes is nearly
all of a page: quicker would be less to see."""


def write(runs: Sequence[Run], times: int) -> None:
    """Each run's table; a world that was not measured again keeps its own. The demo's is one world,
    however many subscriptions it has."""
    told = [_of(run, times) for run in runs]
    again = {each.split("\n", 1)[0] for each in told}
    demo = any(heading.endswith(DEMO) for heading in again)
    kept = [
        text
        for heading, text in book.parts("Clicks").items()
        if heading not in again and not (demo and heading.endswith(DEMO))
    ]
    book.put("Clicks", "\n\n".join([_head(), WHY, *told, *kept]))


def _head() -> str:
    return f"""From a person's click to the last change of it that they see, in headless Chromium on
the same machine; the mouse rests on what it clicks before that, on every page. Milliseconds.
Another page is opened by turns, bare Streamlit's and ours: the machine's pace is the same for both.
*First*: a webhook has come in since,
so that nothing that is read is kept; *again*: the same was seen before. *Naive*: the same page as
somebody would first write it (`benchmarks/naive/app.py`: whole tables into pandas, plotly.express,
no fragments, no caches), over the same database in the same run; the ratio is to ours, first. A
dash: it does not have that (beneath ours are pages and fragments of bare Streamlit, which read
nothing); *never*: not within {PATIENCE:.0f} seconds, or out of 8 GB of memory
(after the first *never* the others, which read the same tables, are not tried).
`make bench ARGS="clicks"` measures the demo's world again, `--database URL` a filled one."""


def _of(run: Run, times: int) -> str:
    full, many = (median(line.first) for line in run.bare[1:3])
    naive = {line.what: line for line in run.naive}
    rows = [
        "| what is clicked | first | p95 | again | p95 | naive | ratio |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *(_row(line, naive.get(line.what)) for line in run.ours),
        *(_row(line, None) for line in run.bare),
    ]
    return "\n".join(
        [
            f"### {run.subscriptions:,} subscriptions, {run.world}",
            "",
            f"{book.machine()}, load {run.load:.1f} when it began; median and 95th of a hundred of "
            f"{times} times.",
            "",
            *rows,
            "",
            " ".join(_verdicts(run, full, many)),
        ]
    )


def _row(line: Timed, naive: Timed | None) -> str:
    own, other = median(line.first), median(naive.first) if naive else None
    ratio = f"{other / own:.1f}" if own and other else "–"
    cells = [
        line.what,
        _ms(own),
        _ms(p95(line.first)),
        _ms(median(line.again)),
        _ms(p95(line.again)),
        "–" if naive is None else _ms(other) if naive.first else "not tried",
        ratio,
    ]
    return f"| {' | '.join(cells)} |"


def _ms(value: float | None) -> str:
    return "never" if value is None else f"{value:,.0f}"


def _verdicts(run: Run, full: float | None, many: float | None) -> Iterator[str]:
    for name in ("first", "again"):
        parts = [line for line in run.ours if line.kind == "fragment"]
        slow = [line for line in parts if not (median(getattr(line, name)) or 1e9) <= FRAGMENT]
        yield (
            f"{name.capitalize()}: {len(parts) - len(slow)} of {len(parts)} fragments are within "
            f"{FRAGMENT} ms" + (f", not {_named(slow)}." if slow else ".")
        )
        yield (
            f"Another page (target {PAGE} times a bare one): to four numbers, two charts and a "
            f"table {_ratios(run, name, full)}; to as many parts as Overview has "
            f"{_ratios(run, name, many)}."
        )
    yield f"The dashboard then held {run.memory:,.0f} MB."


def _ratios(run: Run, name: str, bare: float | None) -> str:
    pages = [line for line in run.ours if line.kind == "page"]
    return ", ".join(
        f"{line.what} {ours / bare:.1f}"
        for line in pages
        if bare and (ours := median(getattr(line, name)))
    )


def _named(lines: Sequence[Timed]) -> str:
    return ", ".join(f"“{line.what}”" for line in lines)
