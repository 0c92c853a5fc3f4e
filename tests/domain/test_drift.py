"""What counts as a difference, and which event explains it."""

from __future__ import annotations

import pytest

from lib.billing.domain.causes import CAUSES, PATIENCE
from lib.billing.domain.drift import (
    COMPARED,
    RULED,
    Unapplied,
    differing,
    explained,
    explained_absence,
    names_discount,
    row_difference,
)
from lib.billing.domain.findings import FindingFilters
from lib.billing.domain.observations import STATE_SHAPES
from lib.billing.domain.rows import CustomerRow, InvoiceRow, SubscriptionRow
from lib.billing.domain.trail import fold_object
from tests.domain.states import item, price, seen, subscription

NOW = 1_790_000_000


def invoice(**over):
    return dict.fromkeys(STATE_SHAPES["invoice"].split()) | {"status": "open"} | over


def event(name: str, created: int, why: str = "lacking") -> Unapplied:
    return Unapplied(
        event_id=name,
        type="customer.subscription.updated",
        created=created,
        object_type="subscription",
        object_id="sub_1",
        customer_id="cus_1",
        parent_id=None,
        why=why,
    )


EXPLAINED = {
    "an event that never came": ([event("a", NOW - 900)], NOW - 1000, "missed_event", "a"),
    "one that is young": ([event("a", NOW - PATIENCE + 1)], None, "not_yet_delivered", "a"),
    "one that is no longer young": ([event("a", NOW - PATIENCE)], None, "missed_event", "a"),
    "the newest of several": (
        [event("a", NOW - 900), event("b", NOW - 700, "failed")],
        None,
        "failed_event",
        "b",
    ),
    "one that was set aside": ([event("a", NOW - 900, "ignored")], None, "ignored_event", "a"),
    "one that is older than what is known explains nothing": (
        [event("a", NOW - 900)],
        NOW - 800,
        "event_expired",
        None,
    ),
    "one that clocks may have put before what is known": (
        [event("a", NOW - 900)],
        NOW - 898,
        "missed_event",
        "a",
    ),
    "none": ([], NOW - 900, "event_expired", None),
}


@pytest.mark.parametrize(
    ("events", "known_until", "cause", "named"), EXPLAINED.values(), ids=EXPLAINED.keys()
)
def test_the_newest_unapplied_event_that_can_explain_it_does(events, known_until, cause, named):
    found, by = explained(events, known_until, NOW, readable=True)
    assert (found, by.event_id if by else None) == (cause, named)
    assert found in CAUSES


def test_without_an_event_list_it_stays_unexplained():
    assert explained([], None, NOW, readable=False) == ("unexplained", None)


SAME = {
    "an invoice's address, which Stripe writes anew for every reader": (
        "invoice",
        invoice(hosted_invoice_url="https://a"),
        invoice(hosted_invoice_url="https://b"),
    ),
    "a draft that is gone on both sides": (
        "invoice",
        invoice(status="deleted", total=5),
        invoice(status="deleted", total=0),
    ),
    "a subscription's copy of a lookup key that has moved": (
        "subscription",
        subscription(),
        subscription(items=[item(price() | {"lookup_key": None})]),
    ),
}


@pytest.mark.parametrize(("kind", "ours", "theirs"), SAME.values(), ids=SAME.keys())
def test_what_is_no_difference(kind, ours, theirs):
    assert ours != theirs
    assert differing(kind, ours, theirs) == ()


def test_differing_fields_are_named_in_alphabetical_order():
    ours, theirs = subscription(), subscription() | {"status": "canceled", "cancel_at": 5}
    assert differing("subscription", ours, theirs) == ("cancel_at", "status")
    assert differing("subscription", None, theirs) == tuple(sorted(COMPARED["subscription"]))


def test_only_fields_that_a_state_has_are_compared():
    for kind, names in COMPARED.items():
        shape = STATE_SHAPES[kind]
        assert [name for name in names if name not in shape] == []


def test_what_rules_decide_are_columns_of_the_rows():
    rows = {"customers": CustomerRow, "subscriptions": SubscriptionRow, "invoices": InvoiceRow}
    for table, of in rows.items():
        assert (RULED[table] or frozenset()) <= set(of.__dataclass_fields__)


def test_every_cause_says_what_it_means_and_what_to_do():
    for slug, cause in CAUSES.items():
        assert cause.slug == slug
        assert cause.means.endswith(".")
        assert cause.remedy.endswith(".")


ABSENT = {
    "an ended subscription may be forgotten": ("subscription", subscription("canceled"), None),
    "a live subscription may not": ("subscription", subscription(), "unknown_to_stripe"),
    "a draft was deleted": ("invoice", invoice(status="draft"), "deleted_invoice"),
    "an open invoice cannot be": ("invoice", invoice(), "unknown_to_stripe"),
    "a draft known to be deleted is fine": ("invoice", invoice(status="deleted"), None),
    "an object that never was anything": ("invoice", None, None),
}


@pytest.mark.parametrize(("kind", "state", "cause"), ABSENT.values(), ids=ABSENT.keys())
def test_why_stripe_does_not_know_an_object(kind, state, cause):
    fold = fold_object([seen(state, NOW, object_type=kind)])
    assert explained_absence(kind, fold, "no_such_object") == cause
    assert explained_absence(kind, fold, "other_mode") == (cause and "other_mode")


def test_a_discount_may_be_on_a_subscription_or_on_its_item():
    assert names_discount(subscription(discounts=["di_1"]), "di_1")
    assert names_discount(subscription(items=[item(discounts=["di_1"])]), "di_1")
    assert not names_discount(subscription(), "di_1")
    assert not names_discount(None, "di_1")


ROWS = {
    "nothing": ({"plan": "pro", "status": "active"}, False, None),
    "what rules decide, under the same rules": ({"plan": "x", "status": "active"}, False, "plan"),
    "what rules decide, under others": ({"plan": "x", "status": "active"}, True, None),
    "what no rule decides, under others": ({"plan": "x", "status": "paused"}, True, "status"),
}


@pytest.mark.parametrize(("stored", "changed", "named"), ROWS.values(), ids=ROWS.keys())
def test_rows_are_compared_as_far_as_the_rules_allow(stored, changed, named):
    folded = {"plan": "pro", "status": "active"}
    found = row_difference("subscriptions", "sub_1", "cus_1", folded, stored, rules_changed=changed)
    assert (found and found.fields) == (None if named is None else (named,))


def test_the_address_of_an_invoice_stays_out_of_findings():
    rows = [{"hosted_invoice_url": f"https://invoice.example/{n}", "pdf": None} for n in "ab"]
    found = row_difference("invoices", "in_1", "cus_1", *rows, rules_changed=False)
    assert found is not None
    assert (found.projected, found.stripe) == ({"hosted_invoice_url": "…"},) * 2


def test_filters_lose_what_no_database_takes():
    cleaned = FindingFilters(text="a\x00", causes=(" x ",), customer_id="cus_1\x00").cleaned()
    assert (cleaned.text, cleaned.causes, cleaned.customer_id) == ("a", ("x",), "cus_1")
