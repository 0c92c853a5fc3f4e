"""Refunds, disputes and credit notes find their invoice, and grant nothing."""

from __future__ import annotations

import pytest

from lib.billing.domain.corrections import corrections
from lib.billing.domain.fold import CustomerFold, Rules, fold_customer
from lib.billing.domain.observations import Observation, State
from lib.billing.domain.references import References
from lib.billing.domain.schedules import ScheduleAhead, schedules_ahead
from tests.domain.states import CATALOG, price, seen


def back(**over: object) -> State:
    """A refund's or a dispute's state."""
    return {
        "charge": None,
        "payment": None,
        "amount": 2900,
        "currency": "usd",
        "status": "succeeded",
        "reason": None,
    } | over


def note(**over: object) -> State:
    return {
        "invoice": "in_1",
        "number": None,
        "status": "issued",
        "amount": 500,
        "currency": "usd",
        "reason": None,
    } | over


def charge(**over: object) -> State:
    return {"payment": None, "invoice": None, "code": None, "decline_code": None} | over


def paid(**over: object) -> State:
    return {"payment": "pi_1", "invoice": "in_1", "status": "paid"} | over


def saw(object_type: str, object_id: str, state: State, second: int = 10) -> Observation:
    return seen(state, second, object_type=object_type, object_id=object_id)


def folded(*observations: Observation, prices: dict[str, State] | None = None) -> CustomerFold:
    return fold_customer(
        "cus_1", observations, Rules(CATALOG, references=References(prices=prices or {}))
    )


WAYS = {
    "a charge that names its invoice": [
        saw("refund", "re_1", back(charge="ch_1")),
        saw("charge", "ch_1", charge(invoice="in_1")),
    ],
    "a charge, its payment, and an invoice payment that joins them": [
        saw("refund", "re_1", back(charge="ch_1")),
        saw("charge", "ch_1", charge(payment="pi_1")),
        saw("invoice_payment", "inpay_1", paid()),
    ],
    "a payment that names its invoice": [
        saw("refund", "re_1", back(payment="pi_1")),
        saw("payment", "pi_1", charge(invoice="in_1")),
    ],
    "an invoice payment made of the charge itself": [
        saw("refund", "re_1", back(charge="ch_1")),
        saw("invoice_payment", "inpay_1", paid(payment="ch_1")),
    ],
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_refund_finds_its_invoice(way: list[Observation]) -> None:
    (found,) = corrections(folded(*way))
    assert (found.kind, found.object_id, found.invoice_id) == ("refund", "re_1", "in_1")
    assert (found.amount_minor, found.currency, found.at) == (2900, "usd", 10)


def test_what_has_no_known_invoice_is_kept_all_the_same() -> None:
    (found,) = corrections(folded(saw("dispute", "dp_1", back(charge="ch_9", status="lost"))))
    assert (found.kind, found.invoice_id, found.status) == ("dispute", None, "lost")


@pytest.mark.parametrize(
    ("kind", "state", "stands"),
    [
        ("refund", back(status="succeeded"), True),
        ("refund", back(status="pending"), True),
        ("refund", back(status="failed"), False),
        ("dispute", back(status="needs_response"), True),
        ("dispute", back(status="won"), False),
        ("credit_note", note(), True),
        ("credit_note", note(status="void"), False),
    ],
)
def test_what_was_undone_no_longer_stands(kind: str, state: State, stands: bool) -> None:
    (found,) = corrections(folded(saw(kind, "x_1", state)))
    assert found.stands is stands


def test_they_come_the_newest_first() -> None:
    found = corrections(
        folded(
            saw("credit_note", "cn_1", note(), second=10),
            saw("refund", "re_1", back(), second=30),
            saw("dispute", "dp_1", back(), second=20),
        )
    )
    assert [c.object_id for c in found] == ["re_1", "dp_1", "cn_1"]


def schedule(**over: object) -> State:
    return {
        "subscription": "sub_1",
        "status": "active",
        "phases": [
            {"start": 0, "end": 100, "items": [{"price": "price_a", "quantity": 1}]},
            {"start": 100, "end": 200, "items": [{"price": "price_b", "quantity": 3}]},
        ],
        "end_behavior": "release",
    } | over


PRICES = {"price_b": price("pro_monthly")}


def test_a_schedule_says_its_next_phase() -> None:
    fold = folded(saw("schedule", "sub_sched_1", schedule()), prices=PRICES)
    assert schedules_ahead(fold, 50) == (
        ScheduleAhead(
            "sub_sched_1", "sub_1", "active", 100, ("Pro, every month × 3",), 200, "release"
        ),
    )


def test_a_schedule_in_its_last_phase_has_no_next_one() -> None:
    fold = folded(saw("schedule", "sub_sched_1", schedule()), prices=PRICES)
    (ahead,) = schedules_ahead(fold, 150)
    assert (ahead.starts_at, ahead.offers, ahead.ends_at) == (None, (), 200)


def test_a_price_that_nobody_knows_is_named_by_its_id() -> None:
    (ahead,) = schedules_ahead(folded(saw("schedule", "sub_sched_1", schedule())), 50)
    assert ahead.offers == ("price_b × 3",)


@pytest.mark.parametrize("status", ["completed", "released", "canceled"])
def test_a_schedule_that_is_over_steers_nothing(status: str) -> None:
    assert schedules_ahead(folded(saw("schedule", "s_1", schedule(status=status))), 50) == ()
