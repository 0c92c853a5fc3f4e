"""The audit as its page reads it: in words, narrowed, page by page, and its chain followed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from lib.billing.audit_desk import AuditDesk
from lib.billing.desk import Portside
from lib.billing.domain.audit_filters import AuditFilters
from lib.billing.domain.errors import PermissionDenied
from lib.billing.domain.permissions import Role
from lib.billing.store import audit
from lib.billing.store.audit import AuditRow, Followed
from lib.billing.store.engine import Store
from tests.reports.ledger import at, desk
from tests.reports.test_report_rows import ANN_LEAVES, BOB_FAILS

ADMIN = {"roles": {Role.ADMIN}}
MARCH = at("2026-03-01")
LINK = AuditRow(
    MARCH,
    "sam@example.com",
    "link.requested",
    "cus_1",
    link_id="lnk_1",
    flow="renew",
    reason="Customer asked by e-mail",
    ticket="T-7",
    subscription_id="sub_1",
)
ROWS = (
    LINK,
    replace(LINK, action="link.minted", at=MARCH + 1, session_id="bps_1"),
    replace(
        LINK, action="link.refused", at=MARCH + 60, link_id="lnk_2", flow="checkout",
        subscription_id=None, code="already_subscribed", detail="A subscription is live.",
    ),
    AuditRow(MARCH + 90, "fay@example.com", "export", detail="winding-down.csv, 3 rows"),
    AuditRow(MARCH + 120, "ada@example.com", "repair.requested", "cus_2", reason="Drift"),
    AuditRow(MARCH + 150, "ada@example.com", "sign_in.refused", code="no_role", detail="No role."),
)  # fmt: skip


@pytest.fixture
def portside(store: Store) -> Portside:
    opened = desk(store, [*ANN_LEAVES, *BOB_FAILS], "2026-03-15")
    with store.writing() as connection:
        for row in ROWS:
            audit.append(connection, row)
    return opened


def test_rows_are_told_in_words_the_latest_first(portside: Portside) -> None:
    listing = portside.audit(**ADMIN)
    told = [
        (e.staff.split("@")[0], e.what, e.outcome, e.customer_id, e.about) for e in listing.rows
    ]
    assert told == [
        ("ada", "Sign-in", "Refused: No role.", None, None),
        ("ada", "Repair", "Asked for", "cus_2", None),
        ("fay", "Export", "Taken away", None, "winding-down.csv, 3 rows"),
        ("sam", "Link", "Refused: A subscription is live.", "cus_1", None),
        ("sam", "Link", "Made", "cus_1", "sub_1"),
        ("sam", "Link", "Asked for", "cus_1", "sub_1"),
    ]
    first = listing.rows[-1]
    assert (first.flow, first.reason, first.ticket, first.email) == (
        "renew", "Customer asked by e-mail", "T-7", "ann@example.com",
    )  # fmt: skip
    assert listing.choices["staff"] == ("ada@example.com", "fay@example.com", "sam@example.com")
    assert "export" in listing.choices["actions"]


NARROWED = {
    "one person": (AuditFilters(staff=("fay@example.com",)), ["export"]),
    "two actions": (
        AuditFilters(actions=("link.minted", "export")),
        ["export", "link.minted"],
    ),
    "a customer's id": (AuditFilters(customer="CUS_2"), ["repair.requested"]),
    "a customer's e-mail": (
        AuditFilters(customer="ann@"),
        ["link.refused", "link.minted", "link.requested"],
    ),
    "a time": (AuditFilters(starts=MARCH + 60, ends=MARCH + 120), ["export", "link.refused"]),
    "a page": (AuditFilters(limit=2, offset=1), ["repair.requested", "export"]),
    "somebody nobody knows": (AuditFilters(customer="zoe\x00"), []),
}


@pytest.mark.parametrize(("filters", "actions"), NARROWED.values(), ids=NARROWED.keys())
def test_the_list_is_narrowed_in_sql(
    portside: Portside, filters: AuditFilters, actions: list[str]
) -> None:
    listing = portside.audit(filters, **ADMIN)
    assert [entry.action for entry in listing.rows] == actions
    everything = replace(filters, limit=50, offset=0)
    assert listing.total == len(portside.audit(everything, **ADMIN).rows)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.FOUNDER])
def test_only_administrators_read_it(portside: Portside, role: Role) -> None:
    for ask in (
        lambda: portside.audit(roles={role}),
        lambda: portside.audit_chain(roles={role}),
        lambda: portside.check_audit(staff="x@example.com", roles={role}),
    ):
        with pytest.raises(PermissionDenied):
            ask()


def test_the_chain_is_followed_from_where_it_was_left(portside: Portside, store: Store) -> None:
    portside.rows_at_once = 4
    first = portside.audit_chain(**ADMIN)
    assert (first.rows, first.total, first.whole, first.broken) == (4, 6, False, None)
    second = portside.audit_chain(**ADMIN)
    assert (second.rows, second.whole) == (6, True)
    with store.reading() as connection:
        assert second.hash == audit.last_hash(connection)
        assert audit.follow(connection, Followed(second.upto, 6, second.hash), most=4).rows == 6


def _around(store: Store, statement: str) -> None:
    with store.writing() as connection:
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS audit_keeps_{verb}"))
        connection.execute(text(statement))


BREAKS = {
    "a change of what was followed is found by the full check": (
        "UPDATE audit SET reason = 'x' WHERE audit_id = 2", True, None, 2,
    ),
    "a change of the row it had come to is found at once": (
        "UPDATE audit SET hash = 'x' WHERE audit_id = 6", True, 6, 6,
    ),
    "a removal of the row it had come to is found at once": (
        "DELETE FROM audit WHERE audit_id = 6", True, 6, None,
    ),
    "a change of what was not followed yet is found at once": (
        "UPDATE audit SET staff = 'eve' WHERE audit_id = 4", False, 4, 4,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "looked", "at_once", "in_full"), BREAKS.values(), ids=BREAKS.keys()
)
def test_a_break_is_found(
    sqlite_store: Store, statement: str, looked: bool, at_once: int | None, in_full: int | None
) -> None:
    opened: AuditDesk = desk(sqlite_store, [], "2026-03-15")
    with sqlite_store.writing() as connection:
        for row in ROWS:
            audit.append(connection, row)
    if looked:
        assert opened.audit_chain(**ADMIN).whole
    _around(sqlite_store, statement)
    assert opened.audit_chain(**ADMIN).broken == at_once
    assert opened.check_audit(staff="ada@example.com", **ADMIN).broken == in_full


def test_a_full_check_is_an_act_of_its_own(portside: Portside) -> None:
    found = portside.check_audit(staff="ada@example.com", **ADMIN)
    assert (found.rows, found.broken) == (6, None)
    entry = portside.audit(**ADMIN).rows[0]
    assert (entry.what, entry.staff, entry.about) == (
        "Check of the audit", "ada@example.com", "6 rows hold",
    )  # fmt: skip
    assert portside.audit_chain(**ADMIN).whole


def test_what_may_be_seen_of_a_row_holds_no_session(portside: Portside) -> None:
    fields: list[Any] = [entry.__slots__ for entry in portside.audit(**ADMIN).rows]
    assert all("session_id" not in names for names in fields)


def test_the_report_holds_every_row_of_its_days_and_no_address(portside: Portside) -> None:
    report = portside.report("audit", start="2026-03-01", end="2026-03-01")
    assert [row["action"] for row in report.rows] == [row.action for row in ROWS]
    assert (report.rows[1]["at"], report.rows[1]["session_id"]) == ("2026-03-01T00:00:01Z", "bps_1")
    assert portside.report("audit", start="2026-03-02").rows == []
    assert portside.report("audit", as_of="2026-03-01T00:01:00Z").rows == report.rows[:3]
    assert not any("url" in name for name in report.definitions)
