"""The cards of key numbers: what is sent of each, before the browser draws it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui import kpis
from tests.pages.drawn import Number, numbers
from tests.pages.fake_billing import HOSTILE


def shown(*cards: kpis.Card) -> list[Number]:
    def page(cards):  # type: ignore[no-untyped-def]  # Streamlit runs its text, alone
        from dashboard.ui import kpis

        kpis.row(cards)

    app = AppTest.from_function(page, args=(cards,)).run()
    assert not app.exception
    return numbers(app)


@pytest.mark.parametrize(
    ("delta", "good", "arrow", "tone"),
    [
        ("+$5", "up", "↑", "good"),
        ("−$5", "up", "↓", "bad"),
        ("-0.3 pts", "up", "↓", "bad"),
        ("+$5", "down", "↑", "bad"),
        ("−$5", "down", "↓", "good"),
        ("+$5", "neither", "", "plain"),
        (0, "up", "", "plain"),
        (0, "down", "", "plain"),
        ("+0.0 pts", "down", "", "plain"),
        ("−0,0 Pkt.", "up", "", "plain"),
        (None, "up", "", "plain"),
    ],
)
def test_a_difference_points_where_it_goes_and_has_the_colour_of_what_is_welcome(
    delta: str | int | None, good: kpis.Good, arrow: str, tone: str
) -> None:
    (card,) = shown(kpis.Card("MRR", "$20", "What is paid.", delta=delta, good=good))
    assert (card.arrow, card.tone) == (arrow, tone)
    assert card.delta == (None if delta is None else str(delta).replace("-", "−"))


def test_a_picture_needs_two_values() -> None:
    none, two = shown(
        kpis.Card("MRR", "$20", "", spark=(1.0,)), kpis.Card("ARPA", "$2", "", spark=(1.0, 2.0))
    )
    assert none.spark is None
    assert two.spark is not None


def test_words_of_others_are_sent_as_they_are() -> None:
    (card,) = shown(kpis.Card("Plan", HOSTILE[0], HOSTILE[1], compared_to=HOSTILE[2]))
    assert (card.value, card.definition, card.beside) == HOSTILE[:3]


def test_no_number_draws_nothing() -> None:
    assert shown() == []


def test_a_fifth_number_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 4 cards, not 5"):
        kpis.row([kpis.Card("MRR", "$20", "")] * 5)
