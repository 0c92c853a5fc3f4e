"""The clicks' section of the page: a world that was not measured again keeps its table."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import book
from benchmarks.clicks import told
from benchmarks.clicks.driving import Timed
from benchmarks.clicks.run import DEMO, Run


def run(world: str, subscriptions: int, ms: float) -> Run:
    lines = tuple(Timed(what, "page", (ms,), (ms,)) for what in ("empty", "full", "many"))
    return Run(world, subscriptions, lines, (), lines, 250.0, 0.5)


def test_only_what_was_measured_again_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "PAGE", tmp_path / "performance.md")
    book.PAGE.write_text(f"{book.HEAD}\n## Before\n\nstays\n\n## Shards\n\nstays too\n")
    told.write([run(DEMO, 579, 111), run("in bulk, PostgreSQL", 1_132_500, 222)], 2)
    told.write([run(DEMO, 601, 333)], 5)
    told.write([run("in bulk, PostgreSQL", 113_250, 444)], 5)
    page = book.PAGE.read_text()
    assert [line for line in page.splitlines() if line.startswith("#")] == [
        "# Performance",
        "## Before",
        "## Shards",
        "## Clicks",
        "### 113,250 subscriptions, in bulk, PostgreSQL",
        "### 601 subscriptions, the demo's, SQLite",
        "### 1,132,500 subscriptions, in bulk, PostgreSQL",
    ]
    assert page.count(told.WHY) == 1
    for ms, count in ((111, 0), (222, 4 * 6), (333, 4 * 6), (444, 4 * 6)):
        assert page.count(f" {ms} |") == count
