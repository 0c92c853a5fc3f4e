"""A process that has imported everything once and forks others off itself when told to.

Importing takes seconds; a proof that kills hundreds of receivers would only wait for that. Each
line of standard input names one command of `portside`, of the feeder or of the exporter, its
process id is the answer.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from typing import Any

from lib.billing import http as _  # noqa: F401 - what `serve` imports when it runs
from lib.billing.cli import assembled, main

from . import exporting, feeder

PROGRAMS = {"portside": main, "feeder": feeder.run, "exporter": exporting.main}


def run() -> None:
    assembled()  # imports every command
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    for line in sys.stdin:
        told = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(told)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def _become(told: dict[str, Any]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for name, number in (("output", 1), ("log", 2)):
        os.dup2(os.open(told[name], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(told["environment"])
    sys.argv = [told["program"], *told["arguments"]]
    try:
        PROGRAMS[told["program"]]()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    run()
