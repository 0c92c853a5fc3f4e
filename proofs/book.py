"""`docs/proofs.md`: the newest figures of every proof."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from .proof import Figures, Proof

BOOK = Path(__file__).parent.parent / "docs" / "proofs.md"

HEAD = """# Proofs

What the projection promises, tried at length by `make prove`; `make test` runs a cut of each.
A line keeps the figures of its last run. Written by the command: edit `proofs/shelf.py` instead.

| proof | what was done | scale | figures | seconds | date | machine |
|---|---|---|---|---|---|---|
"""
_ROW = re.compile(r"^\| ([a-z-]+) \|.*\|$", re.MULTILINE)


def row(proof: Proof, scale: int, figures: Figures, seconds: float, day: str) -> str:
    """The line of one proof."""
    told = " · ".join(f"{name}: {spelt(value)}" for name, value in figures.items())
    done = f"**{proof.claim}.** {proof.how}"
    cells = (proof.name, done, f"{scale:,} {proof.unit}", told, f"{seconds:,.0f}", day, machine())
    return f"| {' | '.join(cells)} |"


def machine() -> str:
    return f"{os.cpu_count()} cores"


def kept() -> dict[str, str]:
    """The lines that are in the book, by proof."""
    text = BOOK.read_text() if BOOK.exists() else ""
    return {found[1]: found[0] for found in _ROW.finditer(text) if found[1] != "proof"}


def write(proofs: Sequence[Proof], rows: dict[str, str]) -> None:
    """Rewrite the book; a proof that was never run has no line."""
    lines = [rows[proof.name] for proof in proofs if proof.name in rows]
    notes = [f"- **{proof.name}**: {proof.notes}" for proof in proofs if proof.notes]
    BOOK.write_text(HEAD + "\n".join(lines) + "\n\n## What to know\n\n" + "\n".join(notes) + "\n")


def spelt(value: int | str) -> str:
    """A figure as people write it."""
    return f"{value:,}" if isinstance(value, int) else value
