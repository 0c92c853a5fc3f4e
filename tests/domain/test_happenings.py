"""Each change of an object, told in a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.domain.amounts import in_units, spoken_amount
from lib.billing.domain.declines import (
    NEVER_RETRIED,
    SENSITIVE,
    decline_words,
    is_final_attempt,
    suggested_flow,
)
from lib.billing.domain.filters import interval_name
from lib.billing.domain.happenings import first_seen, happened
from lib.billing.domain.observations import State
from tests.domain.states import CATALOG, item, price, subscription

PRO = subscription()
DAY = 86_400
END = 3_000_000  # 4 February 1970


def sub(**over: Any) -> State:
    return subscription(**over)


def items(*of: State) -> list[State]:
    return list(of)


SUBSCRIPTIONS = [
    ("it begins", None, PRO, ["Subscription to Pro, every month began as active."]),
    (
        "it begins with its end in sight",
        None,
        sub(cancel_at=END),
        [
            "Subscription to Pro, every month began as active.",
            "Cancellation scheduled for 4 February 1970.",
        ],
    ),
    ("it goes", PRO, None, ["Subscription deleted."]),
    ("nothing happens", PRO, PRO, []),
    ("it is late", PRO, sub(status="past_due"), ["Status changed from active to past_due."]),
    (
        "it ends",
        PRO,
        sub(status="canceled", reason="payment_failed"),
        ["Subscription ended (payment failed)."],
    ),
    ("it ends without a reason", PRO, sub(status="canceled"), ["Subscription ended."]),
    (
        "an end is scheduled by the boolean",
        PRO,
        sub(cancel_at_period_end=True, feedback="too_expensive"),
        ["Cancellation scheduled for 4 February 1970 (too expensive)."],
    ),
    (
        "the end moves",
        sub(cancel_at=END),
        sub(cancel_at=END + DAY),
        ["Cancellation moved to 5 February 1970."],
    ),
    ("the end is taken back", sub(cancel_at=END), PRO, ["Cancellation undone."]),
    (
        "an end without any date",
        PRO,
        sub(cancel_at_period_end=True, items=items(item(end=None) | {"period_end": None})),
        ["Cancellation scheduled for an unknown day.", "Next period runs until an unknown day."],
    ),
    (
        "another plan",
        PRO,
        sub(items=items(item(price("starter_monthly", "900")))),
        ["Plan changed from Pro, every month to Starter, every month."],
    ),
    (
        "more seats every three months",
        PRO,
        sub(items=items(item(price(count=3), 4))),
        ["Plan changed from Pro, every month to Pro, every 3 months × 4."],
    ),
    (
        "a price nobody knows",
        PRO,
        sub(items=items(item(price("mystery")))),
        ["Plan changed from Pro, every month to a price outside the catalogue, every month."],
    ),
    (
        "nothing left to sell",
        sub(items=items(item(price(interval=None)))),
        sub(items=[]),
        ["Plan changed from Pro to nothing.", "Next period runs until an unknown day."],
    ),
    (
        "collection is paused",
        PRO,
        sub(pause={"behavior": "void", "resumes_at": None}),
        ["Collection paused."],
    ),
    (
        "collection is resumed",
        sub(pause={"behavior": "void", "resumes_at": None}),
        PRO,
        ["Collection resumed."],
    ),
    ("a discount comes", PRO, sub(discounts=["di_1"]), ["Discount added."]),
    ("a discount goes", sub(discounts=["di_1"]), PRO, ["Discount removed."]),
    (
        "it renews",
        PRO,
        sub(items=items(item(end=END + 28 * DAY))),
        ["Next period runs until 4 March 1970."],
    ),
]


def bill(status: str, **over: Any) -> State:
    return {
        "number": "A-1",
        "status": status,
        "total": 2900,
        "currency": "usd",
        "payment_failed": False,
        "attempt_count": 0,
        "next_payment_attempt": None,
    } | over


FAILED = bill("open", payment_failed=True, attempt_count=1, next_payment_attempt=END)
INVOICES = [
    ("drafted", None, bill("draft", number=None), ["Invoice drafted: 29.00 USD."]),
    ("opened", bill("draft"), bill("open"), ["Invoice A-1 opened: 29.00 USD."]),
    ("paid", bill("open"), bill("paid"), ["Invoice A-1 paid: 29.00 USD."]),
    ("voided", bill("open"), bill("void"), ["Invoice A-1 voided."]),
    ("given up", bill("open"), bill("uncollectible"), ["Invoice A-1 marked uncollectible."]),
    ("something new", bill("open"), bill("odd"), ["Invoice A-1 became odd."]),
    ("deleted", bill("draft"), None, ["Draft invoice deleted."]),
    (
        "an attempt fails",
        bill("open"),
        FAILED,
        ["Invoice A-1: payment attempt 1 failed, next try 4 February 1970."],
    ),
    (
        "the last attempt fails",
        FAILED,
        FAILED | {"attempt_count": 2, "next_payment_attempt": None},
        ["Invoice A-1: payment attempt 2 failed, no further try."],
    ),
    ("a failed one changes otherwise", FAILED, FAILED | {"total": 3000}, []),
]

MONEY = {"amount": 2900, "currency": "usd", "reason": None}
NOTE = MONEY | {"number": None, "status": "issued"}
PLANNED = {
    "status": "not_started",
    "phases": [{"start": 0, "end": END, "items": []}, {"start": END, "end": None, "items": []}],
}
OTHERS = [
    (
        "payment",
        None,
        {"status": "failed", "code": "card_declined", "decline_code": "lost_card"} | MONEY,
        ["Payment declined: The card is reported lost (lost_card)."],
    ),
    (
        "payment",
        {"status": "failed", "code": "x", "decline_code": None} | MONEY,
        {"status": "succeeded", "code": None, "decline_code": None} | MONEY,
        ["Payment of 29.00 USD succeeded."],
    ),
    ("payment", {"status": "failed", "code": None, "decline_code": None}, None, []),
    ("customer", None, {"email": "a@example.com"}, ["Customer created."]),
    ("customer", {"email": "a@example.com"}, None, ["Customer deleted."]),
    ("customer", {"email": "a@example.com"}, {"deleted": True}, ["Customer deleted."]),
    (
        "customer",
        {"email": "a@example.com", "default_payment_method": "pm_1"},
        {"email": None, "default_payment_method": "pm_2"},
        ["E-mail changed to none.", "Default payment method changed."],
    ),
    ("refund", None, MONEY | {"status": "succeeded"}, ["Refund of 29.00 USD: succeeded."]),
    (
        "dispute",
        MONEY | {"status": "needs_response"},
        MONEY | {"status": "lost"},
        ["Dispute of 29.00 USD: lost."],
    ),
    (
        "refund",
        None,
        MONEY | {"status": "pending", "reason": "requested_by_customer"},
        ["Refund of 29.00 USD: pending (requested by customer)."],
    ),
    ("credit_note", None, NOTE, ["Credit note for 29.00 USD."]),
    (
        "credit_note",
        None,
        NOTE | {"number": "A-1-CN-01", "reason": "duplicate"},
        ["Credit note A-1-CN-01 for 29.00 USD (duplicate)."],
    ),
    ("credit_note", NOTE, NOTE | {"status": "void"}, ["Credit note became void."]),
    ("checkout", {"status": "open"}, {"status": "complete"}, ["Checkout complete."]),
    (
        "schedule",
        None,
        PLANNED,
        ["Schedule attached: phases begin on 1 January 1970, 4 February 1970."],
    ),
    ("schedule", PLANNED, PLANNED | {"status": "active"}, []),
    (
        "schedule",
        PLANNED,
        PLANNED | {"phases": PLANNED["phases"][:1]},
        ["Schedule changed: phases begin on 1 January 1970."],
    ),
    ("schedule", PLANNED, PLANNED | {"status": "released"}, ["Schedule released."]),
    ("schedule", PLANNED, None, []),
]

CASES = (
    [(f"a subscription: {c[0]}", "subscription", *c[1:]) for c in SUBSCRIPTIONS]
    + [(f"an invoice is {c[0]}", "invoice", *c[1:]) for c in INVOICES]
    + [(f"{c[0]}: {' '.join(c[3]) or 'no news'}", *c) for c in OTHERS]
)


@pytest.mark.parametrize(
    ("object_type", "before", "after", "told"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_a_change_is_told(
    object_type: str, before: State | None, after: State | None, told: list[str]
) -> None:
    assert happened(object_type, before, after, CATALOG, "UTC") == told


@pytest.mark.parametrize(
    ("object_type", "state", "told"),
    [
        (
            "subscription",
            sub(cancel_at=END),
            [
                "Subscription to Pro, every month first seen as active.",
                "Cancellation scheduled for 4 February 1970.",
            ],
        ),
        ("invoice", bill("paid"), ["Invoice A-1 first seen as paid: 29.00 USD."]),
        (
            "invoice",
            bill("open", number=None),
            ["Invoice first seen as open: 29.00 USD."],
        ),
        ("customer", {"email": None}, ["Customer first seen."]),
        ("customer", {"deleted": True}, ["Customer deleted."]),
        ("credit_note", NOTE, ["Credit note for 29.00 USD."]),
        ("schedule", PLANNED | {"phases": []}, ["Schedule attached."]),
    ],
    ids=str,
)
def test_what_a_re_read_finds_is_not_told_as_a_beginning(
    object_type: str, state: State, told: list[str]
) -> None:
    assert first_seen(object_type, state, CATALOG, "UTC") == told


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (2900, "usd", "29.00"),
        (5, "usd", "0.05"),
        (-1205, "usd", "-12.05"),
        (0, "eur", "0.00"),
        (4300, "jpy", "4300"),
        (-7, "jpy", "-7"),
        (8950, "kwd", "8.950"),
        (10**18 + 1, "usd", "10000000000000000.01"),
    ],
)
def test_amounts_are_exact(minor: int, currency: str, shown: str) -> None:
    assert in_units(minor, currency) == shown


def test_an_unknown_amount_says_so() -> None:
    assert spoken_amount(None, "usd") == spoken_amount(1, None) == "an unknown amount"


@pytest.mark.parametrize(
    ("interval", "count", "name"),
    [("month", 1, "month"), ("month", 3, "3 month"), ("year", None, "year"), (None, None, None)],
)
def test_an_interval_s_name(interval: str | None, count: int | None, name: str | None) -> None:
    assert interval_name(interval, count) == name


@pytest.mark.parametrize("code", sorted(NEVER_RETRIED))
def test_a_decline_that_is_never_retried_is_the_final_attempt(code: str) -> None:
    assert is_final_attempt(END, code)


@pytest.mark.parametrize(
    ("next_attempt_at", "code", "final"),
    [(END, "generic_decline", False), (END, None, False), (None, "generic_decline", True)],
)
def test_other_declines_are_final_without_a_next_attempt(
    next_attempt_at: int | None, code: str | None, final: bool
) -> None:
    assert is_final_attempt(next_attempt_at, code) is final


@pytest.mark.parametrize(
    ("code", "flow"),
    [
        ("expired_card", "payment_method_update"),
        ("lost_card", "payment_method_update"),
        ("stolen_card", "payment_method_update"),
        ("incorrect_number", "payment_method_update"),
        ("insufficient_funds", "pay_invoice"),
        ("authentication_required", "pay_invoice"),
        ("a_code_of_next_year", "payment_method_update"),
        (None, "payment_method_update"),
    ],
)
def test_each_decline_has_the_link_that_helps(code: str | None, flow: str) -> None:
    assert suggested_flow(code) == flow


def test_decline_words_are_for_people() -> None:
    assert decline_words(None) == "Stripe has not said why"
    assert decline_words("a_code_of_next_year") == "A code of next year"
    assert all(not decline_words(code).endswith(".") for code in SENSITIVE)
