"""Words of primary buttons: dark in the dark, and no primary button without them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.ui import primary

UI = Path(primary.__file__).parent


class _Context:
    def __init__(self, theme: str | None) -> None:
        self.theme = type("Theme", (), {"type": theme})()


@pytest.mark.parametrize(
    ("theme", "shown"),
    [
        ("light", "Retry now"),
        (None, "Retry now"),
        ("dark", ':color[Retry now]{foreground="#0B1016"}'),
    ],
)
def test_words_are_dark_only_on_the_dark_themes_accent(
    monkeypatch: pytest.MonkeyPatch, theme: str | None, shown: str
) -> None:
    monkeypatch.setattr(primary.st, "context", _Context(theme))
    assert primary.label("Retry now") == shown


def test_every_primary_button_takes_its_words_from_here() -> None:
    """As many labels as buttons in each file: whoever adds a button is told."""
    lacking = {}
    for file in sorted(UI.glob("*.py")):
        text = file.read_text(encoding="utf-8")
        buttons = len(re.findall(r'type="primary"|"primary" if|kind: str = "primary"', text))
        labels = text.count("primary.label(")
        if labels < buttons:
            lacking[file.name] = (labels, buttons)
    assert lacking == {}
