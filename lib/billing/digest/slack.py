"""A letter as Slack blocks.

What customers wrote stands in rich text alone, whose texts Slack shows as they are: no mention, no
link and no formatting is read from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    PlainTextObject,
    RichTextBlock,
    SectionBlock,
)
from slack_sdk.models.blocks import RichTextElementParts as Parts
from slack_sdk.models.blocks import RichTextSectionElement as Paragraph

from .letter import Figures, Letter, Line, Section

MOST_BLOCKS: Final = 50
MOST_TEXT: Final = 3_000
_MOST_TITLE: Final = 150
_MOST_FIELDS: Final = 10

Piece = Parts.Text | Parts.Link


def to_blocks(letter: Letter) -> list[dict[str, Any]]:
    """At most 50 blocks, of at most 3,000 characters each; what does not fit is said to be more."""
    blocks = list(_blocks(letter))
    if len(blocks) > MOST_BLOCKS:
        blocks = [*blocks[: MOST_BLOCKS - 1], _context("More than Slack shows: see the dashboard.")]
    return [block.to_dict() for block in blocks]


def to_fallback(letter: Letter) -> str:
    """What notifications show, where Slack reads formatting."""
    return escaped(letter.title)[:MOST_TEXT]


def escaped(text: str) -> str:
    """``text`` for Slack's mrkdwn: no mention, link or entity is read from it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(letter: Letter) -> Iterator[Block]:
    yield HeaderBlock(text=PlainTextObject(text=letter.title[:_MOST_TITLE], emoji=False))
    mode = "Test mode, no real money. " if letter.test_mode else ""
    yield _context(mode + letter.about)
    for section in letter.sections:
        yield from _section(section)
    for sentence in letter.foot:
        yield _context(sentence)


def _section(section: Section) -> Iterator[Block]:
    if section.title:
        yield RichTextBlock(elements=[Paragraph(elements=_head(section))])
    for figures in section.figures:
        yield from _figures(figures)
    yield from _lines(section)


def _head(section: Section) -> list[Piece]:
    head: list[Piece] = [_bold(section.title)]
    if section.link:
        head += [_plain("  "), Parts.Link(url=section.link, text="Open")]
    if section.summary:
        head.append(_plain(f"\n{section.summary}"))
    return head


def _figures(figures: Figures) -> Iterator[Block]:
    fields = [_plain_object(f"{label}\n{value}") for label, value, _ in figures.rows]
    yield SectionBlock(text=_plain_object(figures.title), fields=fields[:_MOST_FIELDS])
    if figures.note:
        yield _context(figures.note)


def _lines(section: Section) -> Iterator[Block]:
    """Lines together in as few blocks as their length allows."""
    held: list[Piece] = []
    size = 0
    for line in section.lines:
        pieces = _line(line)
        length = sum(len(str(piece.to_dict().get("text", ""))) for piece in pieces)
        if held and size + length > MOST_TEXT:
            yield RichTextBlock(elements=[Paragraph(elements=held)])
            held, size = [], 0
        held += [_plain("\n"), *pieces] if held else pieces
        size += length + 1
    if section.more:
        held += [_plain(f"\n{section.more}" if held else section.more)]
    if held:
        yield RichTextBlock(elements=[Paragraph(elements=held)])


def _line(line: Line) -> list[Piece]:
    who: Piece = Parts.Link(url=line.link, text=line.text) if line.link else _plain(line.text)
    pieces: list[Piece] = [_plain("• "), who]
    if line.value:
        pieces += [_plain("  "), _bold(line.value)]
    return [*pieces, *(_plain(f"\n    {note}") for note in line.notes)]


def _plain(text: str) -> Piece:
    return Parts.Text(text=text)


def _bold(text: str) -> Piece:
    return Parts.Text(text=text, style=Parts.TextStyle(bold=True))


def _plain_object(text: str) -> PlainTextObject:
    return PlainTextObject(text=text[:2_000], emoji=False)


def _context(text: str) -> Block:
    return ContextBlock(elements=[_plain_object(text)])
