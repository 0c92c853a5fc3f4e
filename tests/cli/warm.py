"""A process that has imported `portside` once and runs each command in a fork of itself.

Importing takes longer than most commands. Each line of standard input names one command and the
files that are its standard streams; the answer is its exit code.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any

from lib.billing.cli import assembled, main


def run() -> None:
    assembled()  # imports every command
    for line in sys.stdin:
        told = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(_become(told))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def _become(told: dict[str, Any]) -> int:
    """Run the command as the process of its own that it would be; its exit code."""
    os.chdir(told["folder"])
    for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        os.dup2(os.open(told[name], os.O_RDWR), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    os.environ.clear()
    os.environ.update(told["environment"])
    sys.argv = ["portside", *told["arguments"]]
    code = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    run()
