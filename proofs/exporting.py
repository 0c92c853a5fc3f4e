"""A process that writes one report into a file and says what it took: ``exporter URL REPORT FORM
FILE``.

Beside the writing a thread asks for a page of failed payments again and again, as others do.
"""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time
from pathlib import Path

import psutil

from benchmarks.bulk.world import RULES
from lib.billing.desk import Portside
from lib.billing.domain.filters import EVERYTHING, Filters
from lib.billing.files import Form
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store

LOOKS = 20


def main() -> None:
    url, report, form, target = sys.argv[1:]
    store = Store(url)
    desk = Portside(store=store, clock=lambda: int(time.time()), setup=Setup(catalog=RULES.catalog))
    _warm(desk, Form(form))
    alone = [_look(desk) for _ in range(LOOKS)]
    process, done = psutil.Process(), threading.Event()
    before = process.memory_info().rss
    most, beside = [before], []

    def watch() -> None:
        while not done.wait(0.05):
            most[0] = max(most[0], process.memory_info().rss)

    def look() -> None:
        while not done.wait(0.25):
            beside.append(_look(desk))

    threads = [threading.Thread(target=each, daemon=True) for each in (watch, look)]
    for thread in threads:
        thread.start()
    started, used = time.monotonic(), time.process_time()
    with Path(target).open("wb") as out:
        written = desk.export_file(report, EVERYTHING, Form(form), out)
    seconds, processor = time.monotonic() - started, time.process_time() - used
    done.set()
    for thread in threads:
        thread.join()
    told = {
        "rows": written.rows,
        "growth": most[0] - before,
        "seconds": seconds,
        "processor": processor,
        "bytes": Path(target).stat().st_size,
        "alone": statistics.median(alone),
        "beside": statistics.median(beside or alone),
    }
    sys.stdout.write(json.dumps(told))


def _warm(desk: Portside, form: Form) -> None:
    """What is imported once is not part of what a file takes."""
    from lib.billing.files import comma, envelope, parquet, xlsx  # noqa: F401

    with Path("/dev/null").open("wb") as nowhere:
        desk.export_file("plan-mix", EVERYTHING, form, nowhere)


def _look(desk: Portside) -> float:
    started = time.monotonic()
    desk.failed_payments(Filters(limit=25))
    return time.monotonic() - started
