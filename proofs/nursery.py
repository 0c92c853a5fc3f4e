"""A process that has imported everything once and forks receivers off itself when told to.

Importing takes seconds; a proof that kills hundreds of receivers would only wait for that. Each
line of standard input names one receiver, its process id is the answer.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from lib.billing import http as _  # noqa: F401 - what `serve` imports when it runs
from lib.billing.cli import main


def run() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    for line in sys.stdin:
        told = json.loads(line)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _serve(told["environment"], told["port"], told["log"])
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def _serve(given: dict[str, str], port: str, log: str) -> None:
    """`portside serve`, in a process of its own."""
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(written, 1)
    os.dup2(written, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(given)
    sys.argv = ["portside", "serve", "--port", port]
    main()


if __name__ == "__main__":
    run()
