"""What followed a link: when it counts as acted on, and when nothing more is awaited."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.domain.flows import Flow
from lib.billing.domain.fold import Rules, fold_customer
from lib.billing.domain.follow_ups import LinkProgress, progress
from lib.billing.domain.link_life import FOLLOWED_FOR, life
from lib.billing.domain.observations import Observation, State
from lib.billing.domain.policy import PRESETS
from tests.domain.states import CATALOG, item, price, seen, subscription

MINTED = 10_000
LATER = MINTED + 60
RULES = Rules(catalog=CATALOG, policy=PRESETS["portside"], timezone="UTC")
STARTED = seen(subscription(), 1_000, kind="created")


def _customer(card: str) -> State:
    return {
        "org_id": None,
        "email": "ann@customer.example",
        "name": "Ann",
        "currency": "usd",
        "created": 1_000,
        "deleted": False,
        "locale": None,
        "default_payment_method": card,
        "balance": 0,
        "delinquent": False,
    }


def _invoice(status: str) -> State:
    empty = dict.fromkeys(
        "subscription collection_method billing_reason due_date finalized_at paid_at voided_at "
        "uncollectible_at next_payment_attempt hosted_invoice_url invoice_pdf period_start "
        "period_end".split()
    )
    return empty | {
        "number": "A-1",
        "status": status,
        "currency": "usd",
        "total": 2900,
        "tax": 0,
        "amount_due": 2900,
        "amount_paid": 0,
        "amount_remaining": 2900,
        "created": 1_000,
        "attempt_count": 1,
        "attempted": True,
        "payment_failed": status == "open",
        "auto_advance": True,
    }


def _changed(second: int = LATER, **over: Any) -> Observation:
    return seen(subscription(**over), second, before=subscription())


def _edge(kind: str, name: str, before: State, after: State) -> Observation:
    return seen(after, LATER, before=before, object_type=kind, object_id=name)


RENAMED = seen(
    _customer("pm_1") | {"name": "Anna"},
    LATER,
    before=_customer("pm_1"),
    object_id="cus_1",
    object_type="customer",
)
NEW_CARD = _edge("customer", "cus_1", _customer("pm_1"), _customer("pm_2"))
PAID = _edge("invoice", "in_1", _invoice("open"), _invoice("paid"))
BIGGER = [item(price("starter_monthly"))]
ENDING = {"cancel_at": 90_000, "canceled_at": LATER}
WAS_ENDING = [seen(subscription(**ENDING), 1_500, before=subscription())]
UNDONE = seen(subscription(), LATER, before=subscription(**ENDING))
NEW = seen(subscription(), LATER, kind="created", object_id="sub_2")

ACTED: dict[str, tuple[Flow, list[Observation]]] = {
    "a new card": (Flow.PAYMENT_METHOD_UPDATE, [NEW_CARD]),
    "a new card of the subscription": (
        Flow.PAYMENT_METHOD_UPDATE,
        [_changed(default_payment_method="pm_9")],
    ),
    "another plan": (Flow.SUBSCRIPTION_UPDATE, [_changed(items=BIGGER)]),
    "a plan change that is scheduled": (
        Flow.SUBSCRIPTION_UPDATE_CONFIRM,
        [_changed(schedule="sub_sched_1")],
    ),
    "a scheduled end": (Flow.SUBSCRIPTION_CANCEL, [_changed(**ENDING)]),
    "an end at once": (
        Flow.SUBSCRIPTION_CANCEL,
        [_changed(status="canceled", ended_at=LATER)],
    ),
    "the coupon that was offered before the cancellation": (
        Flow.SUBSCRIPTION_CANCEL,
        [_changed(discounts=["di_1"])],
    ),
    "a pause": (Flow.SUBSCRIPTION_PAUSE, [_changed(status="paused")]),
    "another name": (Flow.CUSTOMER_UPDATE, [RENAMED]),
    "a cancellation taken back": (Flow.RENEW, [*WAS_ENDING, UNDONE]),
    "a paid invoice": (Flow.PAY_INVOICE, [PAID]),
    "a new subscription": (Flow.CHECKOUT, [NEW]),
    "a new card, from the portal's home": (Flow.HOME, [NEW_CARD]),
    "a failed invoice paid, from the portal's home": (Flow.HOME, [PAID]),
}


def _progress(flow: Flow, later: list[Observation], **over: Any) -> LinkProgress:
    fold = fold_customer("cus_1", [STARTED, *later], RULES)
    return progress(fold, flow, **{"minted_at": MINTED, "now": LATER + 1} | over)


@pytest.mark.parametrize(("flow", "later"), ACTED.values(), ids=ACTED.keys())
def test_acted(flow: Flow, later: list[Observation]) -> None:
    found = _progress(flow, later)
    assert found.outcome == "acted"
    assert all(told.at >= MINTED and told.event_id for told in found.followed_by)


NOT_YET: dict[str, tuple[Flow, list[Observation], dict[str, Any]]] = {
    "nothing": (Flow.HOME, [], {}),
    "something else": (Flow.SUBSCRIPTION_CANCEL, [NEW_CARD], {}),
    "a renewal, to a link for another plan": (
        Flow.SUBSCRIPTION_UPDATE_CONFIRM,
        [_changed(items=[item(end=9_000_000)])],
        {},
    ),
    "a renewal, to a link to the portal's home": (
        Flow.HOME,
        [_changed(items=[item(end=9_000_000)])],
        {},
    ),
    "a subscription that begins, to a link for a card": (Flow.PAYMENT_METHOD_UPDATE, [NEW], {}),
    "a subscription that begins, to a link for a plan": (Flow.SUBSCRIPTION_UPDATE, [NEW], {}),
    "a subscription that begins, to a link for renewing": (Flow.RENEW, [NEW], {}),
    "a subscription that begins, to a link for cancelling": (Flow.SUBSCRIPTION_CANCEL, [NEW], {}),
    "what happened before": (Flow.HOME, [_changed(MINTED - 1, **ENDING)], {}),
    "a trial that pauses by itself, to a link to the portal's home": (
        Flow.HOME,
        [
            _changed(5_000, status="trialing"),
            seen(subscription("paused"), LATER, before=subscription("trialing")),
        ],
        {},
    ),
    "another subscription": (
        Flow.SUBSCRIPTION_CANCEL,
        [_changed(**ENDING)],
        {"subject": "sub_9"},
    ),
    "another invoice": (Flow.PAY_INVOICE, [PAID], {"subject": "in_9"}),
    "an end, to a link for renewing": (
        Flow.RENEW,
        [*WAS_ENDING, seen(subscription("canceled"), LATER, before=subscription(**ENDING))],
        {},
    ),
}


@pytest.mark.parametrize(("flow", "later", "over"), NOT_YET.values(), ids=NOT_YET.keys())
def test_not_acted(flow: Flow, later: list[Observation], over: dict[str, Any]) -> None:
    assert _progress(flow, later, **over).outcome == "waiting"
    tired = _progress(flow, later, **over, now=MINTED + life(flow) + 1)
    assert tired.outcome == "no_change_seen"


def test_what_followed_is_told_in_order_even_when_it_was_not_asked_for() -> None:
    found = _progress(Flow.PAY_INVOICE, [NEW_CARD, PAID])
    told = found.followed_by
    assert {each.event_id for each in told} == {NEW_CARD.event_id, PAID.event_id}
    assert list(told) == sorted(told, key=lambda each: (each.at, each.sentence))


def test_a_customer_that_is_not_known_yet_is_waited_for() -> None:
    found = progress(None, Flow.CHECKOUT, minted_at=MINTED, now=LATER)
    assert found == LinkProgress("waiting", (), MINTED + life(Flow.CHECKOUT))


def test_every_flow_can_be_followed() -> None:
    assert {_progress(flow, []).outcome for flow in Flow} == {"waiting"}


LIVES = {flow: 3_900 for flow in Flow} | {
    Flow.CHECKOUT: 86_400,
    Flow.PAY_INVOICE: 7 * 86_400,
    Flow.LOGIN_PAGE: 7 * 86_400,
}


@pytest.mark.parametrize("flow", Flow)
def test_a_link_waits_to_its_last_possible_second_and_is_then_dead(flow: Flow) -> None:
    dead_at = MINTED + LIVES[flow]
    last, after = (_progress(flow, [], now=now) for now in (dead_at, dead_at + 1))
    assert (last.outcome, last.matured(dead_at)) == ("waiting", False)
    assert (after.outcome, after.matured(dead_at + 1)) == ("no_change_seen", True)


def test_what_is_done_after_the_link_is_dead_is_told_but_is_no_act_on_it() -> None:
    dead_at = MINTED + life(Flow.SUBSCRIPTION_CANCEL)
    in_time = _progress(Flow.SUBSCRIPTION_CANCEL, [_changed(dead_at, **ENDING)], now=dead_at + 9)
    late = _progress(Flow.SUBSCRIPTION_CANCEL, [_changed(dead_at + 1, **ENDING)], now=dead_at + 9)
    assert (in_time.outcome, late.outcome) == ("acted", "no_change_seen")
    assert len(in_time.followed_by) == len(late.followed_by) == 1


def test_what_followed_is_told_for_two_weeks() -> None:
    end = MINTED + FOLLOWED_FOR
    told = [_progress(Flow.HOME, [_changed(at, **ENDING)], now=end) for at in (end, end + 1)]
    assert [len(found.followed_by) for found in told] == [1, 0]
