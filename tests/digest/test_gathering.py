"""A digest of hand-written lives: entries in, what is told out; over both databases."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.digest.values import Action, Digest, Sum
from lib.billing.domain.errors import WrongUsage
from lib.billing.domain.observations import Observation
from lib.billing.store.engine import Store
from tests.digest.test_alerts import failing, fields, history, worth
from tests.health.seeding import acknowledgement, drift, gap
from tests.reports.ledger import at, changed, created, customer, desk

WEEK = "2026-W11"  # 9 to 15 March 2026
NOW = "2026-03-16T08:00"


def digest(store: Store, *lives: list[Observation], now: str = NOW, **asked: Any) -> Digest:
    made = [observation for life in lives for observation in life]
    found = desk(store, made, now).digest(asked.pop("by", "week"), **asked)
    assert found.judged_at == at(now) or found.as_of
    return found


def winding(cus: str, asked: str, ends: str, undone: str | None = None) -> list[Observation]:
    """Somebody who schedules an end, and takes it back at ``undone``."""
    sub, before = f"sub_{cus}", worth(10_000)
    over = {
        "cancel_at": at(ends),
        "canceled_at": at(asked),
        "feedback": "switched_service",
        "reason": "cancellation_requested",
    }
    after = before | over
    made = [
        created("customer", cus, customer(name=cus), "2026-01-05", cus),
        created("subscription", sub, before, "2026-01-05", cus),
        changed("subscription", sub, before, after, asked, cus),
    ]
    return [*made, changed("subscription", sub, after, before, undone, cus)] if undone else made


def test_a_week_is_told_from_opening_to_closing(store: Store) -> None:
    found = digest(
        store,
        history(("2026-03-10", 15_000), cus="cus_up"),
        history(("2026-03-11", 4_000), cus="cus_down"),
        history(("2026-03-15T23:59", 0), cus="cus_gone"),
        history(("2026-03-16", 90_000), cus="cus_next_week"),
        history(("2026-03-12", 12_000), cus="cus_jpy", currency="jpy"),
        history(cus="cus_eur", currency="eur"),
    )
    assert found.covered.name == WEEK
    usd, jpy = found.mrr
    assert (usd.currency, usd.opening_minor, usd.closing_minor) == ("usd", 40_000, 29_000)
    assert (usd.expansion_minor, usd.contraction_minor, usd.churn_minor) == (5_000, -6_000, -10_000)
    assert (jpy.currency, jpy.expansion_minor) == ("jpy", 2_000)
    assert found.unmoved == ("eur",)
    assert [up.customer.customer_id for up in found.upgrades.top] == ["cus_jpy", "cus_up"]
    [gone] = found.churned.top
    assert (gone.customer.customer_id, gone.reason, gone.mrr_minor) == (
        "cus_gone",
        "too_expensive",
        10_000,
    )
    assert {mrr.churn for mrr in found.mrr} == {None}  # a handful of customers is no sample


def test_an_end_that_was_taken_back_is_not_told(store: Store) -> None:
    found = digest(
        store,
        winding("cus_new", "2026-03-10", "2026-03-20"),
        winding("cus_undone", "2026-03-10", "2026-03-20", undone="2026-03-12"),
        winding("cus_old", "2026-03-02", "2026-03-18"),
        winding("cus_far", "2026-03-10", "2026-05-01"),
    )
    assert [e.customer.customer_id for e in found.winding_down.top] == ["cus_far", "cus_new"]
    assert found.winding_down.sums == (Sum("usd", 2, 20_000),)
    # What ends within a week is asked about, whenever its end was scheduled.
    assert [a for a in found.actions if a.kind == "last_days"] == [
        Action("last_days", "winding-down", 2, (Sum("usd", 2, 20_000),))
    ]


def test_an_earlier_time_tells_what_stood_then(store: Store) -> None:
    life = winding("cus_undone", "2026-03-10", "2026-03-20", undone="2026-03-17")
    assert digest(store, life, now="2026-03-18").winding_down.count == 0
    portside = desk(store, [], "2026-03-18")
    then = portside.digest("week", as_of="2026-03-15")
    assert then.covered.name == WEEK
    assert [e.customer.customer_id for e in then.winding_down.top] == ["cus_undone"]
    assert (then.trouble.failed_events, then.trouble.silent) == (None, None)


def test_payments_that_newly_fail_are_apart_from_those_tried_no_more(store: Store) -> None:
    last = failing(7_000, "2026-03-06T10:00", "in_old")
    final = last[-1].after
    assert final is not None
    over = final | {"next_payment_attempt": None, "attempt_count": 4}
    given_up = changed("invoice", "in_old", final, over, "2026-03-14", "cus_9")
    found = digest(store, failing(5_000, "2026-03-10T10:00", "in_new"), [*last[1:], given_up])
    assert [bill.invoice_id for bill in found.failing.top] == ["in_new"]
    assert [a for a in found.actions if a.kind == "final_attempts"] == [
        Action("final_attempts", "failed-payments", 1, (Sum("usd", 1, 7_000),))
    ]


def test_what_was_paid_after_all_is_recovered_in_the_week_of_its_payment(store: Store) -> None:
    life = failing(5_000, "2026-03-06T10:00")
    before = life[-1].after
    assert before is not None
    paid = before | {
        "status": "paid",
        "payment_failed": False,
        "paid_at": at("2026-03-10"),
        "amount_paid": 5_000,
        "amount_remaining": 0,
        "next_payment_attempt": None,
    }
    found = digest(store, [*life, changed("invoice", "in_1", before, paid, "2026-03-10", "cus_9")])
    assert found.recovered == (Sum("usd", 1, 5_000),)
    assert found.failing.count == 0


def test_a_list_names_the_five_largest_of_each_currency(store: Store) -> None:
    lives = [
        history(("2026-03-10", 10_000 + 100 * n), cus=f"cus_{code}{n}", currency=code)
        for code in ("usd", "jpy")
        for n in range(1, 8)
    ]
    found = digest(store, *lives).upgrades
    assert [(up.currency, up.delta_minor) for up in found.top] == [
        (code, 100 * n) for code in ("jpy", "usd") for n in range(7, 2, -1)
    ]
    assert (found.count, found.more) == (14, 4)
    assert found.sums == (Sum("jpy", 7, 2_800), Sum("usd", 7, 2_800))


def test_trouble_comes_first_and_what_was_left_alone_is_none(store: Store) -> None:
    drift(store, "cus_1", first_seen_at=at("2026-03-10"))
    drift(store, "cus_2", first_seen_at=at("2026-03-01"))
    drift(store, "cus_3", first_seen_at=at("2026-03-10"))
    subject = "drift:cus_3:subscription:sub_3"
    acknowledgement(store, subject, at=at("2026-03-11"), expires_at=at("2026-03-20"))
    gap(store, "evt_missing", None, first_seen_at=at("2026-03-10"))
    found = digest(store)
    trouble = found.trouble
    assert (trouble.differences, trouble.differences_new, trouble.missing_events) == (2, 1, 1)
    assert [(a.kind, a.count) for a in found.actions] == [
        ("silence", 1),  # no webhook has come here
        ("missing_events", 1),
        ("differences", 2),
    ]


def test_movements_that_were_inferred_are_told_as_such(store: Store) -> None:
    began = {"start_date": at("2026-03-10"), "created": at("2026-03-10")}
    state = worth(9_000, **began)
    seen = changed("subscription", "sub_1", state, state, "2026-03-12", "cus_1")
    seen = Observation(**{**fields(seen), "kind": "point", "before": None})
    who = created("customer", "cus_1", customer(), "2026-03-10", "cus_1")
    [usd] = digest(store, [who, seen]).mrr
    assert (usd.new_minor, usd.reconstructed_minor) == (9_000, 9_000)


def test_nothing_at_all_is_told_as_nothing(store: Store) -> None:
    found = digest(store, as_of="2026-03-15")
    assert found.quiet
    assert found.covered.name == WEEK


def test_a_time_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(WrongUsage, match="is neither a day"):
        digest(store, as_of="soon")
