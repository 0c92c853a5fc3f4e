"""The documents' words are the code's words."""

from __future__ import annotations

from pathlib import Path

from lib.billing.reports.handbook import handbook

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"


def test_the_document_is_what_the_registries_say() -> None:
    assert DOCUMENT.read_text("utf-8") == handbook(), (
        "docs/metrics.md is behind: run `python -m lib.billing.reports.handbook > docs/metrics.md`"
    )
