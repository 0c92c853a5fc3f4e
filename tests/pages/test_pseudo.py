"""In a language that only marks what is translated, no page says a word without the mark."""

from __future__ import annotations

import pytest

from dashboard import format as fmt
from dashboard import navigation
from tests.pages.conftest import Open
from tests.pages.fake_billing import FakeBilling, name
from tests.pages.said import spoken, untranslated

DATA = frozenset(
    """
    Portside Stripe Kinde UTC MRR ARPA DSO NRR GRR Ada Lovelace Pro Starter Free Team Enterprise
    Business USD EUR JPY KWD usd eur English Deutsch Berlin Europe Administrator
    Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
    """.split()
)
"""Names: of people, plans, currencies, places, months."""
BUTTONS = frozenset({"Start", "Upgrade"})
CUSTOMERS = sorted((fmt.md(name(n)) for n in range(60)), key=len, reverse=True)


@pytest.mark.parametrize("slug", [row.slug for row in navigation.PAGES])
def test_every_word_of_a_page_is_translated(slug: str, open_page: Open, desk: FakeBilling) -> None:
    desk.remembered["admin@demo.invalid", "language"] = "xx"
    desk.behind = 600  # so that a copy of the database has something to say
    app = open_page(slug)
    assert app.session_state["language"] == "xx"
    bare: dict[tuple[str, str], list[str]] = {
        (kind, text): words
        for kind, text in spoken(app)
        if kind != "html"  # a script is read by nobody
        if (words := [word for word in untranslated(_nameless(text)) if word not in DATA])
    }
    if slug == "plans":
        bare = {said: words for said, words in bare.items() if not _of_a_card(said[1])}
    assert bare == {}


def _nameless(text: str) -> str:
    """Without the customers' names, which stand inside of buttons too."""
    for customer in CUSTOMERS:
        text = text.replace(customer, "")
    return text


def _of_a_card(text: str) -> bool:
    """What customers read on a pricing card: the catalogue's words, and those of its languages."""
    return text in BUTTONS or any(mark in text for mark in (":material/check", "## "))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("⟦Ends on ⟦Monday⟧⟧ · :material/event: `evt_1`", []),
        ("⟦Ends⟧ never", ["never"]),
        ("Plain", ["Plain"]),
        ("ada@example.com", []),
    ],
)
def test_what_is_not_marked_is_seen(text: str, words: list[str]) -> None:
    assert untranslated(text) == words
