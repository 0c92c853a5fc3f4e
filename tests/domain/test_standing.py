"""What can be applied in place, what needs the history, and that both give the same rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.billing.domain.fold import Rules, fold_customer
from lib.billing.domain.ledger import NeedsHistory
from lib.billing.domain.list_sums import of_lists
from lib.billing.domain.project import project
from lib.billing.domain.rollups import of_movements, of_subscriptions
from lib.billing.domain.standing import Standing, resume, standing_of

from .states import CATALOG, item, price, seen, subscription
from .test_invoices import invoice

RULES = Rules(CATALOG)
T = 1_700_000_000
ACTIVE = subscription()
TWO = subscription(items=[item(price(), 2)])
STARTER = subscription(items=[item(price("starter_monthly", "900"))])
UNHEARD = subscription(items=[item(price("unheard_of", "100"))])
LATE = subscription("past_due")
LATER = LATE | {"schedule": "s"}
AFRESH = UNHEARD | {"status": "past_due"}
OVER = subscription("canceled", ended_at=T + 5_000, canceled_at=T + 5_000)
EUROS = subscription(currency="eur")
BORN = seen(ACTIVE, T, kind="created")
DRAFT = invoice(status="draft")
DELETED = invoice(status="deleted")


def stood(*told) -> Standing:
    fold = fold_customer("cus_1", told, RULES)
    return standing_of(fold, project(fold), Standing())


def in_place(told, fresh):
    new = {(o.object_type, o.object_id) for o in fresh}
    new -= {(o.object_type, o.object_id) for o in told}
    fold = resume("cus_1", stood(*told), fresh, RULES, new=new)
    return None if fold is None else project(fold)


def whole(told):
    return project(fold_customer("cus_1", told, RULES))


GOES_ON = {
    "an update clear of the last one": ([BORN], [seen(TWO, T + 5_000, before=ACTIVE)]),
    "two updates of one batch": (
        [BORN],
        [seen(TWO, T + 5_000, before=ACTIVE), seen(STARTER, T + 9_000, before=TWO)],
    ),
    "a change that joins the open movement": ([BORN], [seen(TWO, T + 60, before=ACTIVE)]),
    "a change that takes the open movement back": (
        [BORN, seen(TWO, T + 5_000, before=ACTIVE)],
        [seen(ACTIVE, T + 5_060, before=TWO)],
    ),
    "the same again, told once more": ([BORN], [seen(ACTIVE, T + 5_000)]),
    "an end": ([BORN], [seen(OVER, T + 5_000, kind="terminal")]),
    "another subscription begins": (
        [BORN],
        [seen(STARTER, T + 5_000, kind="created", object_id="sub_2")],
    ),
    "trouble that began some steps ago": (
        [
            BORN,
            seen(LATE, T + 100, before=ACTIVE),
            seen(LATER, T + 200, before=LATE),
        ],
        [seen(LATE | {"schedule": "t"}, T + 300, before=LATER)],
    ),
    "the last known plan of a price that is unheard of": (
        [BORN, seen(STARTER, T + 100, before=ACTIVE), seen(UNHEARD, T + 200, before=STARTER)],
        [seen(UNHEARD | {"schedule": "t"}, T + 9_000)],
    ),
    "trouble anew, after an earlier one that ended under a price that is unheard of": (
        [
            BORN,
            seen(LATE, T + 100, before=ACTIVE),
            seen(UNHEARD, T + 200, before=LATE),
            seen(AFRESH, T + 300, before=UNHEARD),
        ],
        [seen(AFRESH | {"schedule": "t"}, T + 9_000, before=AFRESH)],
    ),
    "something is missing before it": ([BORN], [seen(STARTER, T + 5_000, before=TWO)]),
}
"""what was seen before, what is new"""


@pytest.mark.parametrize(("told", "fresh"), GOES_ON.values(), ids=GOES_ON.keys())
def test_what_lies_clear_of_a_proven_standing_is_applied_in_place(told, fresh):
    made, wanted = in_place(told, fresh), whole([*told, *fresh])
    assert made is not None
    assert not made.whole
    assert (made.customer, made.entitlement) == (wanted.customer, wanted.entitlement)
    assert made.subscriptions == wanted.subscriptions
    assert made.movements == wanted.movements[-len(made.movements) :] if made.movements else True
    assert made.ledger == wanted.ledger


READS = {
    "it is too near the last second": ([BORN], [seen(TWO, T + 2, before=ACTIVE)]),
    "it is older": (
        [BORN, seen(TWO, T + 5_000, before=ACTIVE)],
        [seen(STARTER, T + 100, before=ACTIVE)],
    ),
    "it is the creation of what is known": (
        [seen(TWO, T + 50, before=ACTIVE)],
        [seen(ACTIVE, T + 9_000, kind="created")],
    ),
    "it is about what has ended": (
        [BORN, seen(OVER, T + 5_000, kind="terminal")],
        [seen(OVER | {"comment": "late"}, T + 9_000)],
    ),
    "the last second is not proven": (
        [BORN, seen(TWO, T + 50), seen(STARTER, T + 50, event_id="evt_other")],
        [seen(ACTIVE, T + 9_000)],
    ),
    "an older movement of another subscription is missing": (
        [BORN, seen(TWO, T + 5_000, before=ACTIVE)],
        [seen(STARTER, T + 100, kind="created", object_id="sub_2")],
    ),
    "another currency begins": (
        [BORN],
        [seen(EUROS, T + 5_000, kind="created", object_id="sub_2")],
    ),
    "a discount changes what every step was worth": (
        [BORN],
        [seen({}, T + 5_000, kind="created", object_type="discount", object_id="di_1")],
    ),
    "an invoice goes away, and its row with it": (
        [BORN, seen(DRAFT, T + 100, kind="created", object_type="invoice", object_id="in_1")],
        [seen(DELETED, T + 9_000, kind="terminal", object_type="invoice", object_id="in_1")],
    ),
    "the end lies before what was already told": (
        [BORN, seen(TWO, T + 8_000, before=ACTIVE)],
        [seen(OVER, T + 9_000, kind="terminal")],
    ),
}


@pytest.mark.parametrize(("told", "fresh"), READS.values(), ids=READS.keys())
def test_everything_else_reads_the_history(told, fresh):
    try:
        assert in_place(told, fresh) is None
    except NeedsHistory:
        pass


OPEN = invoice()
REFUND = {
    "charge": "ch_1", "payment": "pi_1", "amount": 5, "currency": "usd", "status": "succeeded",
    "reason": None,
}  # fmt: skip
LINK = {
    "invoice": "in_1", "payment": "pi_1", "status": "paid", "amount_paid": 5, "currency": "usd",
    "paid_at": None,
}  # fmt: skip


def of(what, name, state, second, **options):
    return seen(state, second, object_type=what, object_id=name, **options)


@pytest.mark.parametrize("kind", ["refund", "dispute", "credit_note"])
def test_what_was_given_back_reads_the_history(kind):
    bill = of("invoice", "in_1", OPEN, T + 10, kind="created")
    state = REFUND | {"invoice": "in_1", "number": None}
    assert in_place([BORN, bill], [of(kind, "x_1", state, T + 9_000)]) is None


def test_an_invoice_goes_on_with_what_was_given_back_of_it():
    told = [
        BORN,
        of("invoice", "in_1", OPEN, T + 10, kind="created"),
        of("refund", "re_1", REFUND, T + 20),
        of("invoice_payment", "inpay_1", LINK, T + 30),
    ]
    fresh = [of("invoice", "in_1", OPEN | {"number": "B"}, T + 9_000_000, before=OPEN)]
    made = in_place(told, fresh)
    assert made is not None
    assert made.invoices == whole([*told, *fresh]).invoices
    assert made.invoices[0].refunded_minor == 5


def test_a_payment_of_somebody_who_was_refunded_reads_the_history():
    bill = of("invoice", "in_1", OPEN, T + 10, kind="created")
    told = [BORN, bill, of("refund", "re_1", REFUND, T + 20)]
    assert in_place(told, [of("invoice_payment", "inpay_1", LINK, T + 9_000)]) is None


def test_what_is_stored_but_not_carried_reads_the_history():
    standing = stood(BORN)
    late = seen(TWO, T + 5_000, kind="created", object_id="sub_old")
    assert resume("cus_1", standing, [late], RULES, new=()) is None


def test_a_standing_adds_what_its_rows_add():
    told = [BORN, seen(TWO, T + 5_000, before=ACTIVE), seen(STARTER, T + 90_000, before=TWO)]
    rows = whole(told)
    expected = of_subscriptions(rows.subscriptions, "UTC") | of_movements(rows.movements, "UTC")
    expected |= of_lists(rows.subscriptions, rows.invoices, "UTC")
    assert stood(*told).contribution == expected
    assert {cell.kind for cell in expected} == {"plan_mix", "paying", "movement", "price"}


def test_a_scheduled_end_is_summed_under_the_monday_of_its_week():
    leaving = replace(whole([BORN]).subscriptions[0], winding_down=True, ends_at=1_700_000_000)
    cells = {cell.kind: cell for cell in of_subscriptions([leaving], "UTC")}
    assert cells["leaving"].bucket == "2023-11-13"


TIERED = subscription(items=[item(price("pro_tiered", billing_scheme="tiered"))])


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_price_that_only_an_earlier_step_lacks_is_still_awaited(cut):
    told = [BORN, seen(TIERED, T + 100, before=ACTIVE), seen(TWO, T + 9_000, before=TIERED)]
    assert whole(told).customer.awaiting == " price:price_pro_tiered "
    made = in_place(told[:cut], told[cut:]) if told[cut:] else whole(told)
    assert made is not None
    assert made.customer == whole(told).customer
