"""`make prove`: every proof at its long scale, or one of them; the figures go to docs/proofs.md."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime

from rich.console import Console

from .book import kept, row, spelt, write
from .proof import Disproved
from .shelf import PROOFS


def main() -> int:
    """0 when all that was run holds, 1 when something was disproved."""
    given = _parser().parse_args()
    console, failed = Console(highlight=False), 0
    for proof in PROOFS:
        if given.only and proof.name not in given.only:
            continue
        scale = given.scale or proof.long
        console.print(f"[bold]{proof.name}[/bold]: {proof.claim} ({scale:,} {proof.unit})")
        started = time.monotonic()
        try:
            figures = proof.run(scale)
        except Disproved as error:
            failed += 1
            console.print(f"  Disproved. {error}", markup=False, style="red")
            continue
        seconds = time.monotonic() - started
        for name, value in figures.items():
            console.print(f"  {name}: {spelt(value)}")
        console.print(f"  {seconds:,.0f} seconds")
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        write(PROOFS, kept() | {proof.name: row(proof, scale, figures, seconds, day)})
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proofs", description=__doc__)
    names = [proof.name for proof in PROOFS]
    parser.add_argument("--only", action="append", choices=names, help="may be repeated")
    parser.add_argument("--scale", type=int, help="of what each proof counts; its own by default")
    return parser


if __name__ == "__main__":
    sys.exit(main())
