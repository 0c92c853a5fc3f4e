"""`docs/performance.md`: the figures of the last run of each benchmark that keeps some."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from .gating import Line as Gated
from .search import BARE, Line

PAGE: Final = Path(__file__).parent.parent / "docs" / "performance.md"
HEAD: Final = """# Performance

What the last runs of `make bench` measured. Times are of one run on one machine: read the ratios.
Written by the command: edit `benchmarks/book.py` instead.
"""


def search(lines: Mapping[str, Sequence[Line]], customers: int) -> None:
    """Put the figures of the search, by database, into the page."""
    bare = {name: of[0].usual for name, of in lines.items()}
    names = list(lines)
    first = lines[names[0]]
    table = [
        "| typed | for instance | found |"
        + "".join(f" {name}, ms | worst | ratio |" for name in names),
        "|---|---|--:|" + "--:|--:|--:|" * len(names),
    ]
    for n, line in enumerate(first):
        example = line.typed if len(line.typed) < 40 else f"{line.typed[:36]}…"
        cells = [line.what, f"`{example}`", line.found]
        for name in names:
            own = lines[name][n]
            cells += [f"{own.usual:.1f}", f"{own.worst:.1f}", f"{own.usual / bare[name]:.1f}"]
        table.append(f"| {' | '.join(cells)} |")
    slowest = max((own.usual, own.what, name) for name in names for own in lines[name])
    put(
        "Search",
        f"""Among {customers:,} customers, each search {_of()}. Median and worst of nine in turn;
the ratio is to {BARE}. A + behind a number: there are more than are looked at, and the page
says so. The slowest usual one: {slowest[1]} on {slowest[2]}, {slowest[0]:.0f} ms.
`make bench ARGS="search --customers {customers}"` measures it again.

"""
        + "\n".join(table),
    )


def gating(lines: Mapping[str, Sequence[Gated]], customers: int) -> None:
    """Put the figures of the gate, by database, into the page."""
    names = list(lines)
    table = [
        "| asked |" + "".join(f" {n}, p50 ms | p99 ms | requests/s | ratio |" for n in names),
        "|---|" + "--:|--:|--:|--:|" * len(names),
    ]
    for number, line in enumerate(lines[names[0]]):
        cells = [line.what]
        for name in names:
            own, bare = lines[name][number], lines[name][0]
            cells += [f"{own.usual:.2f}", f"{own.p99:.2f}", f"{own.rate:,.0f}"]
            cells.append(f"{own.usual / bare.usual:.1f}")
        table.append(f"| {' | '.join(cells)} |")
    put(
        "Gate",
        f"""`GET /v1/entitlements/…` among {customers:,} customers over HTTP, {machine()}. p50 and
p99 of two thousand requests one after another, then requests a second with eight connections, the
asking program on the same cores; the ratio is of p50 to the bare route.
`make bench ARGS="gating --customers {customers}"` measures it again.

"""
        + "\n".join(table),
    )


def _of() -> str:
    return f"through the facade with access and plan of the 25 shown, {machine()}"


def machine() -> str:
    """The day, and what it ran on."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}"
    )


def parts(title: str) -> dict[str, str]:
    """What is under each own heading of the page's section of this title, the heading with it."""
    page = PAGE.read_text() if PAGE.exists() else HEAD
    section = re.search(
        rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL
    )
    found = re.split(r"^(?=### )", section[1] if section else "", flags=re.MULTILINE)[1:]
    return {each.split("\n", 1)[0]: each.rstrip() for each in found}


def put(title: str, text: str) -> None:
    """Replace the page's section of this title, or add it."""
    page = PAGE.read_text() if PAGE.exists() else HEAD
    section = f"## {title}\n\n{text}\n"
    pattern = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if pattern.search(page):
        page = pattern.sub(lambda _: f"{section}\n", page)
    else:
        page = f"{page.rstrip()}\n\n{section}"
    PAGE.write_text(page.rstrip() + "\n")
