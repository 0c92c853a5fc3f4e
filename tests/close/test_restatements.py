"""A closed month never changes; what is another sum today is a restatement, with its cause."""

from __future__ import annotations

import pytest

from lib.billing.replay import replay
from lib.billing.store import closes
from lib.billing.store.engine import Store
from lib.billing.store.spelling import read
from tests.close.scene import Books


@pytest.fixture
def books(store: Store) -> Books:
    """Ann pays 29.00 since September, Bob 9.00 since 5 October; October is closed on 3 November."""
    books = Books(store)
    books.arrive(books.joins("ann", 2900, "2026-09-10"), when="2026-09-10")
    books.arrive(books.joins("bob", 900, "2026-10-05"), when="2026-10-05")
    return books


def frozen(books: Books, month: str = "2026-10") -> list[dict[str, object]]:
    with books.store.reading() as connection:
        link = closes.find(connection, "portside", month)
        assert closes.follow(connection).broken is None
    assert link is not None
    rows: list[dict[str, object]] = read(link.close.figures)["reports"]["mrr"]
    return rows


def test_a_late_webhook_is_a_restatement_and_the_closed_figures_stay(books: Books) -> None:
    late = books.pays("bob", 1500, "2026-10-28T10:00")
    books.close("2026-10", "2026-11-03")
    before = frozen(books)
    assert books.restated() == []
    books.arrive(late, when="2026-11-04T08:00")
    assert frozen(books) == before
    assert books.restated(
        "month", "customer_id", "currency", "kind", "closed_minor", "now_minor", "delta_minor"
    ) == [("2026-10", "cus_bob", "usd", "expansion", 0, 600, 600)]
    assert books.restated("cause", "event_id", "received_at", "told") == [
        (
            "late_event",
            late["id"],
            "2026-11-04T08:00:00Z",
            "customer.subscription.updated of 28 October 2026 was received on 4 November 2026, "
            "after the close.",
        )
    ]
