"""The customer brief over a real projection: what is on it, for whom, and that it was printed."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from sqlalchemy import text

from lib.billing.desk import Portside
from lib.billing.domain.errors import NoCustomer, PermissionDenied
from lib.billing.domain.permissions import GRANTS, Permission, Role
from lib.billing.printing.brief import MOST_ENTRIES, MOST_INVOICES, MOST_NOTES, MOST_SUBSCRIPTIONS
from lib.billing.store import audit
from lib.billing.store.audit import AuditRow
from lib.billing.store.engine import Store
from tests.printing.worlds import HOSTILE, URL, full, hostile
from tests.reports.ledger import at, desk
from tests.reports.test_report_rows import ANN_LEAVES, BOB_FAILS

SAM = "sam@example.com"
NOTE = "Prefers to be called in the morning."


class Words(HTMLParser):
    """What a person reads, and every tag that there is."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.read: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self._style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.read.append(data)


def parsed(html: str) -> Words:
    words = Words()
    words.feed(html)
    return words


def read(html: str) -> str:
    return " ".join(" ".join(parsed(html).read).split())


@pytest.fixture
def portside(store: Store) -> Portside:
    opened = desk(store, [*ANN_LEAVES, *BOB_FAILS, *full(), *hostile()], "2026-03-15T12:00")
    opened.add_note("cus_1", NOTE, staff=SAM, roles={Role.SUPPORT})
    return opened


def printed(portside: Portside, customer_id: str, *roles: Role, language: str = "en") -> str:
    return portside.print_customer(
        customer_id, staff=SAM, roles=roles or {Role.ADMIN}, language=language
    ).html


HOLDS = {
    "who it is": "ann@example.com organization org_1 · cus_1",
    "the access sentence": "Pro until 5 April 2026: the subscription is winding down, canceled on "
    "10 March 2026.",
    "what would change it": "What would change it: Renewing before the end",
    "the rule": "Rule winding_down · event",
    "the plan and its end": "Pro Monthly Winding down · Ends on 5 Apr 2026",
    "why it ends": "Reason: Too expensive · “=HYPERLINK(1)”",
    "what may be used": "Features Advanced analytics, API access",
    "how much of it": "Limits Projects: 5, Seats: 10",
    "what is open": "No invoice is open.",
    "what staff noted": f"{NOTE} {SAM} · 15 Mar 2026, 12:00",
    "what happened": "10 Mar 2026, 00:00 Pro until 5 April 2026: the subscription is winding down",
    "what that did to MRR": "New: MRR from 0.00 USD to 29.00 USD.",
    "of when and by whom": f"As of 15 March 2026, 12:00 (UTC), printed by {SAM}",
    "that it is a test": "Test mode: no real money.",
}


@pytest.mark.parametrize("words", HOLDS.values(), ids=HOLDS.keys())
def test_it_holds(portside: Portside, words: str) -> None:
    assert words in read(printed(portside, "cus_1"))


def test_an_open_invoice_has_what_is_left_and_when_it_is_tried_again(portside: Portside) -> None:
    told = read(printed(portside, "cus_2"))
    assert "PORT-0001 5 Mar 2026 – $29.00 $29.00 1 8 Mar 2026, 00:00" in told


def test_it_is_german_where_german_is_asked_for(portside: Portside) -> None:
    html = printed(portside, "cus_2", language="de")
    told = read(html)
    assert '<html lang="de">' in html
    assert "Kundenübersicht bob@example.com" in told
    assert "Stand 15. März 2026, 12:00 Uhr (UTC), gedruckt von sam@example.com" in told
    assert "PORT-0001 05.03.2026 – 29,00 $ 29,00 $ 1 08.03.2026, 00:00" in told
    assert "Überfällig" in told


def test_the_domain_s_sentences_are_told_by_who_asks(portside: Portside) -> None:
    html = portside.print_customer("cus_1", staff=SAM, roles={Role.ADMIN}, say=str.upper).html
    told = read(html)
    assert "PRO UNTIL 5 APRIL 2026: THE SUBSCRIPTION IS WINDING DOWN" in told
    assert "RENEWING BEFORE THE END" in told


SEES = [
    (Role.SUPPORT, True, False),
    (Role.FINANCE, False, True),
    (Role.FOUNDER, False, True),
    (Role.ADMIN, True, True),
]


@pytest.mark.parametrize(("role", "notes", "money"), SEES, ids=[row[0].value for row in SEES])
def test_a_role_prints_what_it_may_see(
    portside: Portside, role: Role, notes: bool, money: bool
) -> None:
    html = printed(portside, "cus_1", role)
    told = read(html)
    assert (NOTE in html) is notes
    assert (HOLDS["what staff noted"] in told) is notes
    assert ("$29.00" in html) is money
    assert ("MRR from" in html) is money
    left_out = [name for name, may in (("MRR", money), ("Staff notes", notes)) if not may]
    said = f"Left out for the role of who printed it: {' and '.join(left_out)}."
    assert (said in told) is bool(left_out)


def test_links_are_told_to_who_may_hand_them_over(portside: Portside, store: Store) -> None:
    with store.writing() as connection:
        for action in ("link.requested", "link.minted"):
            row = AuditRow(at("2026-03-14"), SAM, action, "cus_1", link_id="lnk_1", flow="renew")
            row = replace(row, reason="Asked on the telephone", session_id="bps_1")
            audit.append(connection, row)
    on_paper = {role: printed(portside, "cus_1", role) for role in Role}
    told = {role for role, html in on_paper.items() if "Asked on the telephone" in html}
    assert told == {role for role in Role if Permission.LINKS in GRANTS[role]}
    assert not [role for role, html in on_paper.items() if "bps_1" in html]


def test_nobody_without_a_role_prints_and_nothing_is_kept(portside: Portside, store: Store) -> None:
    with pytest.raises(PermissionDenied):
        portside.print_customer("cus_1", staff=SAM, roles=())
    with pytest.raises(NoCustomer):
        printed(portside, "cus_unknown")
    assert audited(store) == []


def test_a_printing_is_kept_with_who_and_whom(portside: Portside, store: Store) -> None:
    printed(portside, "cus_1", Role.SUPPORT)
    assert audited(store) == [(SAM, "cus_1", "customer brief")]


def audited(store: Store) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        query = text("SELECT staff, customer_id, detail FROM audit WHERE action = 'print'")
        return [tuple(row) for row in connection.execute(query)]


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_somebody_else_wrote_is_text(portside: Portside, language: str) -> None:
    portside.add_note("cus_evil", HOSTILE, staff=SAM, roles={Role.SUPPORT})
    html = printed(portside, "cus_evil", language=language)
    found = parsed(html)
    assert found.tags.isdisjoint({"script", "img", "a", "form", "iframe", "object", "link"})
    assert not {name for name in found.attributes if name.startswith("on") or name == "src"}
    assert html.count("</style>") == html.count("</title>") == 1
    told = read(html)
    assert told.count(HOSTILE) >= 2  # what is short enough: the comment and the note
    assert "{{ 7 * 7 }}" in told


@pytest.mark.parametrize("customer_id", ["cus_1", "cus_2", "cus_evil", "cus_full"])
def test_no_address_leads_out_of_it(portside: Portside, customer_id: str) -> None:
    html = printed(portside, customer_id)
    assert URL not in html
    assert not re.search(r"https?://(?!evil)", html)


def test_what_does_not_fit_is_counted(portside: Portside) -> None:
    for number in range(MOST_NOTES + 2):
        portside.add_note(
            "cus_full", f"Note {number} " + "long " * 200, staff=SAM, roles={Role.SUPPORT}
        )
    html = printed(portside, "cus_full")
    told = read(html)
    assert html.count('class="note"') == MOST_NOTES
    assert "And 2 older." in told
    assert f"And {6 - MOST_SUBSCRIPTIONS} more." in told
    assert f"And {18 - MOST_INVOICES} more." in told
    assert len(re.findall('class="unbroken soft"', html)) == MOST_ENTRIES
    total = portside.timeline("cus_full", roles={Role.ADMIN}, limit=1).total - (MOST_NOTES + 2)
    assert f"And {total - MOST_ENTRIES} earlier." in told
