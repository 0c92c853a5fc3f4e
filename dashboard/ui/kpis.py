"""The row of key numbers: at most four bordered cards of equal height.

They are one element of our own (``dashboard/drawing/numbers.js``): four of Streamlit's, each with
its help and in boxes, were a third of what the browser did for a click.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from dashboard import charts
from dashboard import format as fmt
from dashboard.language import tr
from dashboard.ui import defined as meaning
from dashboard.ui import drawn
from lib.billing import METRICS

MOST: Final = 4
Good = Literal["up", "down", "neither"]
Tone = Literal["good", "bad", "plain"]

NAME: Final = "portside_numbers"
SCRIPT: Final = drawn.script("part", "help", "numbers")
STYLE: Final = drawn.style("help", "numbers")
_mount: Final = drawn.element(NAME, '<div class="numbers"></div>', SCRIPT, STYLE)


@dataclass(frozen=True)
class Card:
    """One number. ``definition`` says what it counts; ``good`` is the direction that is welcome.

    All of it is plain text, whoever wrote it: none is read as Markdown.
    """

    label: str
    value: str
    definition: str
    delta: str | int | None = None
    compared_to: str | None = None
    good: Good = "up"
    spark: tuple[float, ...] = ()
    spark_as: Literal["area", "bar"] = "area"


def defined(slug: str, value: str, more: str = "", **rest: Any) -> Card:
    """The card of a metric, or of a report's field: its label and definition, then ``more``."""
    good = METRICS[slug].good if slug in METRICS else "neither"
    rest = {"label": meaning.label(slug), "good": good, **rest}
    return Card(value=value, definition=meaning.meaning(slug, more), **rest)


def row(cards: Sequence[Card], *, key: str = "numbers") -> None:
    """Draw up to four cards side by side; where there is no room for four they are two by two.

    ``key``: another for every further row of a page.
    """
    if len(cards) > MOST:
        raise ValueError(f"a row holds at most {MOST} cards, not {len(cards)}")
    if not cards:
        return
    _mount(
        key=key,
        data={
            "cards": [_drawn(card) for card in cards],
            "narrowest": max(_width(card) for card in cards),
            "help": tr("Help for {label}", label="{label}"),
        },
    )


def _drawn(card: Card) -> dict[str, Any]:
    arrow, tone = _direction(card)
    return {
        "label": card.label,
        "value": _minus(card.value),
        "definition": card.definition,
        "delta": None if card.delta is None else _minus(str(card.delta)),
        "arrow": arrow,
        "tone": tone,
        "beside": card.compared_to,
        "spark": charts.spark(card.spark, card.spark_as) if len(card.spark) >= 2 else None,
    }


def _direction(card: Card) -> tuple[str, Tone]:
    """The arrow before a difference and whether it is welcome; a 0 has gone nowhere."""
    delta = str(card.delta)
    if card.delta is None or card.good == "neither" or not re.search("[1-9]", delta):
        return "", "plain"
    down = delta.startswith(("-", "−"))
    return "↓" if down else "↑", "good" if down == (card.good == "down") else "bad"


def _minus(number: str) -> str:
    """Numbers of a card stand beside each other: one sign, as long as the plus, for all of them."""
    return f"−{number[1:]}" if number.startswith("-") else number


def _width(card: Card) -> int:
    """Pixels that a card's words take: another language has longer ones, and a phone holds two
    cards side by side only where both are short. Four fit into a desk's row at 248 each."""
    label = 5 * len(card.label) + 3 * sum(letter.isupper() for letter in card.label) + 50
    beside = 56 * (len(str(card.delta)) + len(card.compared_to or "")) // 10 + 49
    arrow = 0 if card.good == "neither" else 10
    delta = 0 if card.delta is None else beside + arrow
    return min(max(140, label, 12 * len(card.value) + 30, delta), 248)


def change(count: int) -> str | int:
    """A difference of counts: ``+1,204``; of none a plain 0, which has no arrow."""
    return f"{'−' if count < 0 else '+'}{fmt.number(abs(count))}" if count else 0
