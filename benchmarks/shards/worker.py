"""One shard's ingest, in a process of its own: URL FILE BATCH.

Says `ready` once everything is open, begins when a line comes in, and ends with one line of JSON:
{"events", "seconds", "cpu"}.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from ..ingest.feeding import opened


def main() -> None:
    url, file, batch = sys.argv[1:]
    lines = Path(file).read_bytes().splitlines()
    installation = opened(url)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    began, started = time.process_time(), time.perf_counter()
    summary = installation.ingest.import_lines(lines, source="webhook", batch=int(batch))
    seconds, cpu = time.perf_counter() - started, time.process_time() - began
    installation.close()
    applied = summary.applied + summary.stale
    if applied != len(lines):
        raise SystemExit(f"{len(lines) - applied} of {len(lines)} were not applied: {summary}")
    sys.stdout.write(json.dumps({"events": applied, "seconds": seconds, "cpu": cpu}) + "\n")


if __name__ == "__main__":
    main()
