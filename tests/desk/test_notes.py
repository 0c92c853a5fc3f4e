"""Staff notes: who may, what is kept, what the audit says of it and what it does not."""

from __future__ import annotations

from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lib.billing.desk import Portside
from lib.billing.domain.errors import NoCustomer, PermissionDenied, WrongUsage
from lib.billing.domain.permissions import Role
from lib.billing.settings.setup import Setup
from lib.billing.store.audit import AuditRow, append
from lib.billing.store.engine import Store
from tests.reports.ledger import CATALOG, at, desk
from tests.reports.test_report_rows import ANN_LEAVES

SAM = {"staff": "sam@example.com", "roles": {Role.SUPPORT}}
READ = {"roles": {Role.SUPPORT}}


@pytest.fixture
def portside(store: Store) -> Portside:
    return desk(store, ANN_LEAVES, "2026-03-15")


def audited(store: Store) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        query = text(
            "SELECT staff, action, customer_id, reason, detail FROM audit ORDER BY audit_id"
        )
        return [tuple(row) for row in connection.execute(query)]


def test_a_note_is_kept_and_the_audit_says_that_it_was_never_what(
    portside: Portside, store: Store
) -> None:
    number = portside.add_note("cus_1", "  Called back.\r\nWants a quote. ", **SAM)
    [note] = portside.notes("cus_1", **READ).rows
    assert (note.note_id, note.staff, note.created_at) == (number, SAM["staff"], at("2026-03-15"))
    assert note.body == "Called back.\nWants a quote."
    assert audited(store) == [("sam@example.com", "note.added", "cus_1", None, f"note {number}")]


def test_notes_are_listed_the_latest_first_page_by_page(portside: Portside) -> None:
    for index in range(5):
        portside.add_note("cus_1", f"Note {index}", **SAM)
    page = portside.notes("cus_1", limit=2, offset=1, **READ)
    assert ([note.body for note in page.rows], page.total) == (["Note 3", "Note 2"], 5)
    assert portside.notes("cus_2", **READ).rows == ()


def test_a_double_click_is_one_note(store: Store) -> None:
    opened = desk(store, ANN_LEAVES, "2026-03-15")
    clicks = [
        Thread(target=opened.add_note, args=("cus_1", "Called back."), kwargs=SAM) for _ in range(2)
    ]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert opened.notes("cus_1", **READ).total == 1
    later = Portside(
        store=store, clock=lambda: at("2026-03-15T00:01"), setup=Setup(catalog=CATALOG)
    )
    later.add_note("cus_1", "Called back.", **SAM)
    assert later.notes("cus_1", **READ).total == 2


HOSTILE = {
    "Markdown": "![x](http://foreign.test/x.png)",
    "a script": "<script>alert(1)</script>",
    "a formula": '=HYPERLINK("http://foreign.test")',
    "right to left": "\u202eevil\u202c",
    "emoji": "\U0001f600 ok",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_are_kept_as_plain_text(portside: Portside, body: str) -> None:
    portside.add_note("cus_1", body, **SAM)
    [note] = portside.notes("cus_1", **READ).rows
    assert note.body == body.replace("\u202e", " ").replace("\u202c", " ").strip()


REFUSED = {
    "an empty note": ("cus_1", " \n ", {Role.SUPPORT}, WrongUsage, "no_note"),
    "only what no database takes": ("cus_1", "\x00\ud800", {Role.SUPPORT}, WrongUsage, "no_note"),
    "an endless note": ("cus_1", "x" * 2001, {Role.SUPPORT}, WrongUsage, "note_too_long"),
    "a customer nobody knows": ("cus_9", "Hello", {Role.SUPPORT}, NoCustomer, "no_customer"),
    "a founder": ("cus_1", "Hello", {Role.FOUNDER}, PermissionDenied, "permission_denied"),
    "finance": ("cus_1", "Hello", {Role.FINANCE}, PermissionDenied, "permission_denied"),
    "nobody": ("cus_1", "Hello", (), PermissionDenied, "permission_denied"),
}


@pytest.mark.parametrize(("whom", "body", "roles", "error", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_leaves_nothing(
    portside: Portside, store: Store, whom, body, roles, error, code
) -> None:
    with pytest.raises(error) as refused:
        portside.add_note(whom, body, staff="x@example.com", roles=roles)
    assert refused.value.code == code
    assert audited(store) == []
    assert portside.notes("cus_1", **READ).total == 0


def test_who_may_not_read_notes_gets_none_of_them(portside: Portside) -> None:
    portside.add_note("cus_1", "Secret", **SAM)
    for role in (Role.FOUNDER, Role.FINANCE):
        with pytest.raises(PermissionDenied):
            portside.notes("cus_1", roles={role})
        told = portside.timeline("cus_1", roles={role})
        assert "note" not in told.choices["kinds"]
        assert not any("Secret" in entry.sentence for entry in told.rows)
    assert portside.timeline("cus_1", **READ).rows[0].sentence == "sam@example.com: Secret"


def test_who_may_not_make_links_reads_neither_that_one_was_made_nor_why(
    portside: Portside, store: Store
) -> None:
    made = AuditRow(
        at("2026-03-14"),
        "sam@example.com",
        "link.minted",
        "cus_1",
        link_id="lnk_1",
        flow="home",
        reason="Secret",
    )
    with store.writing() as connection:
        append(connection, made)
    for role in (Role.FOUNDER, Role.FINANCE):
        told = portside.timeline("cus_1", roles={role})
        assert "link" not in told.choices["kinds"]
        assert not any("Secret" in entry.sentence for entry in told.rows)
    assert "Secret" in portside.timeline("cus_1", kinds=("link",), **READ).rows[0].sentence


@pytest.mark.parametrize("verb", ["UPDATE notes SET body = 'x'", "DELETE FROM notes"])
def test_a_note_is_corrected_by_another_never_changed(
    portside: Portside, store: Store, verb: str
) -> None:
    portside.add_note("cus_1", "As it was", **SAM)
    with pytest.raises(DBAPIError, match="append-only"), store.writing() as connection:
        connection.execute(text(verb))
