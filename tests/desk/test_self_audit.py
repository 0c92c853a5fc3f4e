"""One corrupted row makes exactly the right lines of the self-audit fail, and they name it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Connection, func, select, text

from lib.billing import audits
from lib.billing.audits import Audits
from lib.billing.domain.rates import gathered
from lib.billing.settings.setup import Setup
from lib.billing.showing import audit_kept
from lib.billing.showing.audit_lines import SelfAudit
from lib.billing.store.engine import Store
from lib.billing.store.tables import movements as m
from lib.billing.store.tables import subscriptions as s
from tests.desk.money_world import CATALOG, moved, over_company, over_rows
from tests.domain.states import item, price
from tests.reports.ledger import changed, created, paying
from tests.reports.ledger import desk as told

SEED = 3
EUROS = gathered("eur", {"usd": {date(2020, 1, 1): (Decimal("0.9173"), Decimal(1))}})


def failing(audit: SelfAudit) -> set[str]:
    return {line.slug for line in audit.failed}


def named(audit: SelfAudit, slug: str) -> list[str]:
    return [fault.row for line in audit.failed if line.slug == slug for fault in line.rows]


@pytest.mark.parametrize("seed", [1, 2, 3, 8])
def test_a_company_as_events_tell_it_holds_in_every_line(seed: int, store: Store) -> None:
    audit = over_company(store, seed, EUROS).self_audit()
    assert failing(audit) == set()
    assert {line.slug for line in audit.lines} >= {
        "trend",
        "plans",
        "customers",
        "subscriptions",
        "each_customer",
        "periods",
        "movement_sums",
        "movement_chain",
        "committed",
        "kept_sums",
        "reporting_periods",
        "reporting_fx",
    }
    assert all(line.left == line.right for line in audit.lines if line.slug != "reporting_fx")


def _busy(connection: Connection) -> list[str]:
    """The movements of the customer with most of them, oldest first."""
    busiest = (
        select(m.c.customer_id)
        .group_by(m.c.customer_id)
        .order_by(func.count().desc(), m.c.customer_id)
        .limit(1)
    )
    owner = connection.scalar(busiest)
    query = select(m.c.movement_id).where(m.c.customer_id == owner).order_by(m.c.occurred_at)
    found = list(connection.scalars(query))
    assert len(found) >= 3
    return found


def _delta(connection: Connection) -> str:
    row = _busy(connection)[1]
    connection.execute(
        text("UPDATE movements SET delta_minor = delta_minor + 7 WHERE movement_id = :row"),
        {"row": row},
    )
    return row


def _after(connection: Connection) -> str:
    row = _busy(connection)[-1]
    connection.execute(
        text("UPDATE movements SET after_minor = after_minor + 7 WHERE movement_id = :row"),
        {"row": row},
    )
    return row


def _last_deleted(connection: Connection) -> str:
    row = _busy(connection)[-1]
    connection.execute(text("DELETE FROM movements WHERE movement_id = :row"), {"row": row})
    return row


def _inner_deleted(connection: Connection) -> str:
    row = _busy(connection)[1]
    connection.execute(text("DELETE FROM movements WHERE movement_id = :row"), {"row": row})
    return row


def _subscription(connection: Connection) -> str:
    query = select(s.c.subscription_id).where(s.c.live, s.c.mrr_minor > 0, ~s.c.winding_down)
    row = connection.scalar(query.order_by(s.c.subscription_id).limit(1))
    assert row is not None
    connection.execute(
        text("UPDATE subscriptions SET mrr_minor = mrr_minor + 7 WHERE subscription_id = :row"),
        {"row": row},
    )
    return str(row)


def _kept(connection: Connection) -> str:
    connection.execute(text("UPDATE rollups SET minor = minor + 7 WHERE kind = 'paying'"))
    return "paying 0"


CORRUPTIONS: dict[str, tuple[Callable[[Connection], str], set[str], set[str]]] = {
    "a movement's change": (
        _delta,
        {"trend", "each_customer", "periods", "movement_sums", "kept_sums"},
        {"trend", "each_customer", "movement_sums"},
    ),
    "where a movement ended": (_after, {"movement_sums", "periods"}, {"movement_sums"}),
    "a customer's last movement is gone": (
        _last_deleted,
        {"trend", "each_customer", "kept_sums", "periods"},
        {"trend", "each_customer"},
    ),
    "a movement between others is gone": (
        _inner_deleted,
        {"trend", "each_customer", "periods", "movement_chain", "kept_sums"},
        {"trend", "each_customer"},
    ),
    "a subscription's MRR": (
        _subscription,
        {"trend", "each_customer", "kept_sums"},
        {"trend", "each_customer"},
    ),
    "a kept sum": (_kept, {"kept_sums"}, set()),
}


@pytest.mark.parametrize(
    ("corrupt", "lines", "naming"), CORRUPTIONS.values(), ids=CORRUPTIONS.keys()
)
def test_one_corrupted_row_fails_its_lines_and_is_named(
    corrupt: Callable[[Connection], str], lines: set[str], naming: set[str], store: Store
) -> None:
    desk = over_company(store, SEED)
    with store.writing() as connection:
        row = corrupt(connection)
    audit = desk.self_audit()
    assert failing(audit) == lines
    for slug in naming:
        assert named(audit, slug) == [row], slug
    assert all(line.rows for line in audit.failed)
    report = desk.report("self-audit")
    assert {line["line"] for line in report.rows if not line["ok"]} == lines


def test_the_next_movement_is_named_where_the_chain_is_broken(store: Store) -> None:
    desk = over_company(store, SEED)
    with store.writing() as connection:
        following = _busy(connection)[2]
        _inner_deleted(connection)
    assert named(desk.self_audit(), "movement_chain") == [following]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE runway SET minor = minor + 7 WHERE subscription_id = :sub AND step = :step",
        "DELETE FROM runway WHERE subscription_id = :sub AND step = :step",
    ],
    ids=["changed", "deleted"],
)
@pytest.mark.parametrize(
    ("seed", "sub", "step"),
    [(SEED, "sub_0", 0), (SEED, "sub_1", 1), (8, "sub_1", 0)],
    ids=["a scheduled end", "the end after a downgrade", "a downgrade"],
)
def test_a_corrupted_row_of_the_runway_is_named(
    seed: int, sub: str, step: int, statement: str, store: Store
) -> None:
    desk = over_company(store, seed)
    with store.writing() as connection:
        done = connection.execute(text(statement), {"sub": sub, "step": step})
        assert done.rowcount == 1
    audit = desk.self_audit()
    assert failing(audit) == {"committed"}
    assert named(audit, "committed") == [f"{sub} step {step}"]


def test_what_cannot_be_valued_keeps_its_last_known_value_and_is_named(store: Store) -> None:
    unpriced = price("pro_monthly", "2900") | {"billing_scheme": "tiered", "tiers": None}
    before, after = paying(), paying(items=[item(unpriced)])
    desk = told(
        store,
        [
            created("subscription", "sub_1", before, "2026-01-05", "cus_1"),
            changed("subscription", "sub_1", before, after, "2026-02-05", "cus_1"),
            created("subscription", "sub_2", paying(), "2026-01-06", "cus_2"),
        ],
        "2026-03-15",
    )
    lines = {line.slug: line for line in desk.self_audit().lines}
    assert (lines["unvalued"].left, lines["unvalued"].right) == (2_900, 2_900)
    assert [fault.row for fault in lines["unvalued"].rows] == ["sub_1"]
    assert (lines["trend"].left, lines["trend"].right) == (2_900, 2_900)
    assert lines["unvalued"].ok
    assert lines["trend"].ok
    assert lines["each_customer"].ok
    assert desk.roll_forward("usd").uncounted == 1
    with store.writing() as connection:
        connection.execute(
            text("UPDATE movements SET delta_minor = 2800 WHERE customer_id = 'cus_1'")
        )
    [line] = [line for line in desk.self_audit().failed if line.slug == "unvalued"]
    assert [fault.kind for fault in line.rows] == ["movement"]
    assert line.left != line.right


def test_rows_of_other_rules_are_not_judged_by_todays(store: Store) -> None:
    """A fold by another time zone may tell other rows: then the customer is named, not a row."""
    desk = over_company(store, SEED)
    with store.writing() as connection:
        row = _last_deleted(connection)
        connection.execute(text("UPDATE meta SET value = 'other' WHERE key = 'folded_by'"))
    assert named(desk.self_audit(), "each_customer") == [row.split(":")[0]]


def test_a_missing_rate_makes_the_lines_of_the_reporting_currency_unknown(store: Store) -> None:
    desk = over_rows(store, [moved("2026-01-05", "cus_1", "gbp", "new", 5)], "2026-02-01")
    by_slug = {line.slug: line for line in desk.self_audit().lines}
    assert by_slug["reporting_periods"].ok is by_slug["reporting_fx"].ok is None
    assert by_slug["reporting_fx"].right is None
    assert "gbp on 2026-01-05" in by_slug["reporting_fx"].note


def test_nothing_stored_has_nothing_to_compare(store: Store) -> None:
    desk = over_rows(store, [], "2026-02-01")
    assert desk.self_audit().lines == ()
    assert desk.self_audit().ok
    assert desk.roll_forward("usd").lines == ()
    assert desk.trend("usd").past == ()


def test_of_a_large_company_the_last_one_is_shown_that_was_made_beside_the_receiver(
    store: Store,
) -> None:
    desk = over_company(store, 4, EUROS)
    live = desk.self_audit()
    with store.writing() as connection:
        many = text("UPDATE rollups SET customers = customers + :more WHERE kind = 'movement'")
        connection.execute(many, {"more": audits.AT_ONCE})
    assert desk.self_audit() == SelfAudit((), waits=True)
    now = 1_900_000_000
    job = Audits(store, lambda: now, Setup(catalog=CATALOG, rates=EUROS))
    assert job.round()
    kept = desk.self_audit()
    assert kept.checked_at == now
    assert [line.slug for line in kept.lines] == [line.slug for line in live.lines]
    assert [str(line.claim) for line in kept.lines] == [str(line.claim) for line in live.lines]
    assert not job.round()  # nothing has changed since


def test_what_was_said_in_an_audit_can_be_said_again(store: Store) -> None:
    desk = over_company(store, 4, EUROS)
    with store.writing() as connection:
        connection.execute(text("UPDATE movements SET delta_minor = delta_minor + 1"))
    found = desk.self_audit()
    again = audit_kept.from_text(audit_kept.to_text(found), 7)
    assert again.lines == found.lines
    assert again.failed
    for one, other in zip(again.lines, found.lines, strict=True):
        assert type(one.claim) is type(other.claim)
        assert one.claim.template == other.claim.template  # type: ignore[attr-defined]
        assert one.claim.values == other.claim.values  # type: ignore[attr-defined]
