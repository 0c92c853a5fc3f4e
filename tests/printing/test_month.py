"""A closed month on paper: the report's amounts, escaped, in two languages, for who may."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select

from lib.billing.domain.close_causes import RULES
from lib.billing.domain.close_rules import POINTS
from lib.billing.domain.errors import NoSuchObject, PermissionDenied
from lib.billing.domain.permissions import Role
from lib.billing.printing import spelled
from lib.billing.printing.words.month import WORDS
from lib.billing.showing.close_lines import LINES, MONEY, PEOPLE
from lib.billing.store import tables
from lib.billing.store.engine import Store
from tests.close.scene import Books
from tests.close.test_seals import behind_their_back

WHY = "<script>alert('why')</script> & \"so\""
FINANCE = frozenset({Role.FINANCE})


@pytest.fixture
def books(store: Store) -> Books:
    """Three currencies; September and October closed; one event of October comes late."""
    books = Books(store, timezone="Europe/Berlin")
    books.arrive(
        books.joins("a", 2900, "2026-09-03T10:00:00Z"),
        books.joins("y", 2900, "2026-09-04T10:00:00Z", currency="jpy"),
        books.joins("k", 12500, "2026-09-05T10:00:00Z", currency="kwd"),
    )
    books.close("2026-09", "2026-10-01T00:00:00Z")
    books.arrive(books.pays("a", 7900, "2026-10-10T10:00:00Z"), when="2026-10-11T00:00:00Z")
    late = books.joins("b", 900, "2026-10-20T10:00:00Z")
    books.close("2026-10", "2026-11-02T00:00:00Z", reason=WHY)
    books.arrive(late, when="2026-11-05T00:00:00Z")
    return books


def text_of(document: str) -> str:
    """What a reader sees, one space between."""
    body = re.sub(r"<(style|head).*?</\1>", " ", document, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def printed(books: Books, month: str = "2026-10", language: str = "en") -> str:
    return books.desk.print_close(
        month, staff="fin@example.com", roles=FINANCE, language=language
    ).html


@pytest.mark.parametrize("language", ["en", "de"])
def test_its_amounts_are_the_frozen_ones_in_every_currency(books: Books, language: str) -> None:
    told = text_of(printed(books, language=language))
    view = books.desk.closed_month("2026-10")
    assert {row["currency"] for row in view.reports["mrr"]} == {"usd", "jpy", "kwd"}
    for row in view.reports["mrr"]:
        for field in ("opening_minor", "expansion_minor", "closing_minor", "committed_minor"):
            amount = spelled.money(row[field], row["currency"], language).replace("-", "−")
            assert re.sub(r"\s", " ", amount) in told
    for row in view.reports["billed"]:
        assert spelled.money(row["receivable_minor"], row["currency"], language) in told


def test_zero_and_three_decimal_currencies_keep_their_digits(books: Books) -> None:
    told = text_of(printed(books))
    assert "Opening ¥2,900 ¥2,900 – New ¥0" in told
    assert "Opening KWD 12.500 KWD 12.500 – New KWD 0.000" in told
    assert "KWD 12,500 KWD" in text_of(printed(books, language="de"))


def test_what_came_after_the_close_is_told_by_cause_and_beside_today(books: Books) -> None:
    told = text_of(printed(books))
    assert "New $0.00 $9.00 +$9.00" in told
    assert "Closing $79.00 $88.00 +$9.00" in told
    assert "Event that was received after the close 1 +$9.00 All causes 1 +$9.00" in told
    report = [r for r in books.desk.report("restatements").rows if r["month"] == "2026-10"]
    assert sum(row["delta_minor"] for row in report) == 900


def test_it_says_who_signed_when_and_under_which_seal(books: Books) -> None:
    view = books.desk.closed_month("2026-10")
    told = text_of(printed(books))
    assert f"Closed by {view.item.staff} Closed on 2 Nov 2026, 01:00" in told
    assert "Days of the month 1 Oct 2026 – 31 Oct 2026 Time zone Europe/Berlin" in told
    assert str(view.item.hash) in told
    before = books.desk.closed_month("2026-09").item.hash
    assert f"Seal of the month before {before}" in told
    assert "As of 5 November 2026, 01:00 (Europe/Berlin), printed by fin@example.com" in told
    assert "The opening is the closing of September 2026." in told


def test_the_first_month_says_that_it_is_the_first(books: Books) -> None:
    told = text_of(printed(books, "2026-09"))
    assert "Note The first closed month" in told


def test_a_reason_is_shown_as_it_was_typed_and_runs_nothing(books: Books) -> None:
    document = printed(books)
    assert "<script" not in document
    assert WHY in text_of(document)


def test_a_movement_that_was_tampered_with_fails_the_check(books: Books) -> None:
    behind_their_back(books.store, "UPDATE closed_movements SET minor = 1 WHERE month = '2026-10'")
    assert "Fails The sums of this month are not those that were sealed." in text_of(printed(books))


def test_who_prints_is_kept(books: Books) -> None:
    printed(books, language="de")
    with books.store.reading() as connection:
        a = tables.audit.c
        query = select(a.staff, a.detail).where(a.action == "print")
        rows = [tuple(row) for row in connection.execute(query)]
    assert rows == [("fin@example.com", "month close 2026-10")]


@pytest.mark.parametrize("role", [Role.SUPPORT], ids=str)
def test_others_get_no_document_and_nothing_is_kept(books: Books, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        books.desk.print_close("2026-10", staff="sue@example.com", roles={role})
    with books.store.reading() as connection:
        query = select(tables.audit.c.staff).where(tables.audit.c.action == "print")
        assert connection.execute(query).all() == []


def test_an_open_month_is_no_document(books: Books) -> None:
    with pytest.raises(NoSuchObject):
        printed(books, "2026-11")


@pytest.mark.parametrize("language", sorted(WORDS))
def test_whatever_can_be_named_has_its_words(language: str) -> None:
    words = WORDS[language]
    assert words.keys() == WORDS["en"].keys()
    assert {f"point_{slug}" for slug in POINTS} <= words.keys()
    assert {f"line_{name}" for name in LINES} <= words.keys()
    assert {f"figure_{name}" for name in (*PEOPLE, *MONEY)} <= words.keys()
    causes = {*RULES, "late_event", "failed_event", "read", "first_seen", "reference", "unknown"}
    assert {f"cause_{slug}" for slug in causes} <= words.keys()
    assert len(words["months"].split()) == 12
