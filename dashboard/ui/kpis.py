"""The row of key numbers: at most four bordered cards of equal height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import streamlit as st

from dashboard import charts
from dashboard import format as fmt
from dashboard.ui import defined as meaning
from lib.billing import METRICS

MOST: Final = 4
GAP: Final = 14
"""Pixels between two cards."""
DELTA: Final = 23
"""Pixels that a difference beneath a number is high."""
Good = Literal["up", "down", "neither"]
_COLOURS: Final[dict[Good, Literal["normal", "inverse", "off"]]] = {
    "up": "normal",
    "down": "inverse",
    "neither": "off",
}


@dataclass(frozen=True)
class Card:
    """One number. ``definition`` says what it counts; ``good`` is the direction that is welcome."""

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


def row(cards: Sequence[Card]) -> None:
    """Draw up to four cards side by side; where there is no room for four they are two by two."""
    if len(cards) > MOST:
        raise ValueError(f"a row holds at most {MOST} cards, not {len(cards)}")
    narrowest = max((_width(card) for card in cards), default=0)
    if len(cards) < MOST:
        _draw(cards, narrowest)
        return
    pairs = (cards[:2], cards[2:])
    deltas = [any(card.delta is not None for card in pair) for pair in pairs]
    with st.grid(2, min_column_width=2 * narrowest + GAP, gap="small"):
        for pair, has in zip(pairs, deltas, strict=True):
            with st.container(height="stretch"):
                _draw(pair, narrowest, room=any(deltas) and not has)


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


def _draw(cards: Sequence[Card], narrowest: int, *, room: bool = False) -> None:
    """``room``: the first is as high as the cards beside these, which tell a difference."""
    with st.grid(len(cards), min_column_width=narrowest, gap="small", height="stretch"):
        for n, card in enumerate(cards):
            if len(card.spark) >= 2:
                with st.container(
                    border=True, height="stretch", gap="xxsmall", vertical_alignment="distribute"
                ):
                    _number(card, border=False)
                    st.html(charts.spark(card.spark, card.spark_as))
            elif room and not n:
                with st.container(border=True, height="stretch", gap=None):
                    _number(card, border=False)
                    st.space(DELTA)
            else:
                _number(card, border=True)


def _number(card: Card, *, border: bool) -> None:
    st.metric(
        card.label,
        card.value,
        _delta(card.delta),
        delta_color=_COLOURS[card.good],
        delta_arrow="off" if card.good == "neither" else "auto",
        delta_description=card.compared_to,
        help=card.definition,
        border=border,
        height="stretch" if border else "content",
    )


def _delta(delta: str | int | None) -> str | int | None:
    """Streamlit tells down from up by a hyphen, which the minus sign of money is not."""
    return f"-{delta[1:]}" if isinstance(delta, str) and delta.startswith("−") else delta
