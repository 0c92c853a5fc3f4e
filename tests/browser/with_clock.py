"""Streamlit as `portside dashboard` starts it, with a clock for sign-ins that a test can move.

`python -m tests.browser.with_clock FILE ENTRY OPTION…`: FILE holds the seconds that it is ahead.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from streamlit.web import cli

from dashboard import signin


def main() -> None:
    ahead = Path(sys.argv[1])
    signin.use(clock=lambda: time.time() + float(ahead.read_text()))
    sys.argv = ["streamlit", "run", *sys.argv[2:]]
    cli.main()


if __name__ == "__main__":
    main()
