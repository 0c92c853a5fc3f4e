"""What Invoices, Month close and lists say when something is chosen or narrowed, is translated."""

from __future__ import annotations

import pytest

from tests.pages.conftest import Open
from tests.pages.drawn import tables
from tests.pages.fake_billing import FakeBilling
from tests.pages.said import spoken, untranslated

CASES = {
    "a closed month": ("close", {"month": "2026-09"}),
    "an invoice": ("invoices", {"invoice": "in_0001"}),
    "invoices narrowed to none": ("invoices", {"q": "~~"}),
    "invoices by age": ("invoices", {"buckets": "1–30 days"}),
}
DATA = frozenset("USD EUR JPY Customer Pro PORT Nov red orange green gray".split())


def bare(app: object) -> set[str]:
    """The words that are not marked as translated."""
    return {word for _, text in spoken(app) for word in untranslated(text)}  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES)
def test_whatever_a_choice_shows_is_translated(
    case: str, open_page: Open, desk: FakeBilling
) -> None:
    slug, query = CASES[case]
    desk.remembered["admin@demo.invalid", "language"] = "xx"
    without = bare(open_page(slug))
    told = bare(open_page(slug, **query)) - without - DATA
    assert told == set()


def test_badges_are_coloured_in_every_language(open_page: Open, desk: FakeBilling) -> None:
    desk.remembered["admin@demo.invalid", "language"] = "de"
    app = open_page("invoices")
    [frame] = [each.value for each in tables(app) if "status" in each.value]
    words = {word for cell in frame["status"] for word in cell}
    assert words & {"Bezahlt", "Offen", "Entwurf"}
    assert "Paid" not in words
