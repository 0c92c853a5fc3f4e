"""The document's words are the guards' words."""

from __future__ import annotations

from pathlib import Path

from lib.billing.linking.handbook import handbook

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "links.md"


def test_the_document_is_what_the_guards_say() -> None:
    assert DOCUMENT.read_text("utf-8") == handbook(), (
        "docs/links.md is behind: run `python -m lib.billing.linking.handbook > docs/links.md`"
    )
