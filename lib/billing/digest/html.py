"""A letter as HTML for mail programs: tables, styles inline, nothing loaded from anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .letter import Letter

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def to_html(letter: Letter) -> str:
    """Every text of the letter is escaped. Dark where the mail program asks for it."""
    return _TEMPLATES.get_template("letter.html").render(letter=letter)
