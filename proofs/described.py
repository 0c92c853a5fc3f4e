"""The API keeps to its own description, whatever is sent to it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from lib.billing.store.engine import Store
from tests.client.test_examples import SECRET, organization, selling

from .ground import sqlite_file
from .proof import Disproved, Figures, holds

OPERATIONS: Final = 9
"""Of the description; the scale is split over them."""

KNOWN: Final = '[parameters]\n"path.name" = "org_pro"\n"path.flag" = "advanced_analytics"\n'
"""A quarter of what is asked names what there is: else nearly every answer is a 404."""

_COUNTED: Final = re.compile(r"(\d[\d,]*) generated(?:, (\d[\d,]*) found)?")
_LEFT_OUT: Final = "ignored_auth"
"""It asks without a token until it is told to wait; `tests/api/test_door.py` looks at that."""


def described(scale: int) -> Figures:
    """``scale`` requests that Schemathesis makes up from the description, right ones and wrong."""
    if find_spec("schemathesis") is None:
        raise Disproved("Schemathesis is not installed: make setup.")
    each = max(scale // OPERATIONS, 1)
    with sqlite_file() as url:
        store = Store(url)
        try:
            with selling(store) as (front, address):
                organization(front, "org_pro", "pro")
                made_up = _asked(address, max(each * 3 // 4, 1), "", "coverage,fuzzing")
                known = _asked(address, max(each // 4, 1), KNOWN, "fuzzing")
        finally:
            store.close()
    return {
        "operations": OPERATIONS,
        "requests with made-up names": made_up,
        "requests with known names": known,
        "answers that are not as described": 0,
        "answers 500": 0,
    }


def _asked(address: str, examples: int, config: str, phases: str) -> int:
    """How many requests were made. Raises Disproved with the first of what is not as described."""
    with tempfile.TemporaryDirectory(prefix="portside-proof-") as folder:
        path = Path(folder) / "schemathesis.toml"
        path.write_text(config)
        ended = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(path), "run"),
                *(f"{address}/v1/openapi.json", "-H", f"Authorization: Bearer {SECRET}"),
                *(
                    "--phases",
                    phases,
                    "-n",
                    str(examples),
                    "--seed",
                    "7",
                    "--no-color",
                    "--warnings",
                    "off",
                ),
                *("--exclude-checks", _LEFT_OUT, "--generation-database", "none"),
            ],
            cwd=folder,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            check=False,
        )
    counted = _COUNTED.search(ended.stdout)
    said = ended.stdout.partition(" FAILURES ")[2] or (ended.stdout + ended.stderr)[-1_500:]
    holds(ended.returncode == 0, f"Not as described: {said[:1_500]}")
    if counted is None:
        raise Disproved(f"Schemathesis did not say what it did: {said}")
    holds(counted[2] is None, f"It found something: {said[:1_500]}")
    return int(counted[1].replace(",", ""))
