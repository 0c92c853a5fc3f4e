"""Every shape of a subscription against what the house rules say, spelled a second time here."""

from __future__ import annotations

from collections import Counter

import pytest

from lib.billing.domain.flow_matrix import DIMENSIONS, Shape, answers, shapes
from lib.billing.domain.flow_strictness import LEFT_TO_STRIPE, STRICTER
from lib.billing.domain.flow_table import folded
from lib.billing.domain.flow_values import Flow

LIVE = ("active", "trialing", "past_due", "unpaid", "paused")


def expected(flow: Flow, shape: Shape) -> str | None:
    """The first reason against ``flow``, read down; None when nothing stands against it."""
    live, ending = shape.status in LIVE, shape.ending != "none"
    known_to_portal = live or shape.status == "canceled"
    off = shape.configuration == "everything off"
    unknown = shape.configuration == "unknown"
    nothing_live = {
        "none": "never_subscribed",
        "canceled": "no_live_subscription",
        "incomplete": "first_payment_missing",
        "incomplete_expired": "first_payment_missing",
    }.get(shape.status)
    scheduled = "schedule_attached" if shape.schedule == "attached" else None
    winding_down = "winding_down" if ending else None
    fixed = {"several": "several_items", "metered": "metered"}.get(shape.items)
    invoiced = "send_invoice" if shape.collection == "send_invoice" else None
    feature = "feature_off" if off else None
    empty = None if known_to_portal else "never_subscribed"
    not_listed = "price_not_offered" if shape.configuration == "other plans only" else None
    changing = [nothing_live, scheduled, winding_down, fixed, invoiced, feature]
    reasons: dict[Flow, list[str | None]] = {
        Flow.HOME: [empty],
        Flow.PAYMENT_METHOD_UPDATE: [empty, feature],
        Flow.CUSTOMER_UPDATE: [empty, feature],
        Flow.SUBSCRIPTION_UPDATE: changing,
        Flow.SUBSCRIPTION_UPDATE_CONFIRM: [*changing, not_listed],
        Flow.SUBSCRIPTION_PAUSE: [
            nothing_live,
            "not_pausable" if shape.status in ("unpaid", "paused") else None,
            scheduled,
            winding_down,
            "no_configuration" if unknown else feature,
        ],
        Flow.SUBSCRIPTION_CANCEL: [
            nothing_live,
            "already_winding_down" if ending else None,
            scheduled,
            feature,
        ],
        Flow.RENEW: [nothing_live, None if ending else "not_winding_down", scheduled],
        Flow.PAY_INVOICE: ["no_open_invoice"],
        Flow.LOGIN_PAGE: [
            empty,
            "no_configuration" if unknown else "login_page_off" if off else None,
        ],
        Flow.CHECKOUT: ["already_subscribed" if live else None],
    }
    return next(filter(None, reasons[flow]), None)


@pytest.mark.parametrize("flow", Flow)
def test_every_shape_is_answered_as_the_house_rules_say(flow: Flow) -> None:
    told = {shape: answers(shape)[flow] for shape in shapes()}
    wrong = {shape: code for shape, code in told.items() if code != expected(flow, shape)}
    assert wrong == {}
    assert len(told) == 9 * 4 * 3 * 2 * 2 * 4
    if flow is not Flow.PAY_INVOICE:
        seen = Counter(code is None for code in told.values())
        assert min(seen[True], seen[False]) > 0


@pytest.mark.parametrize("flow", Flow)
def test_the_folded_table_says_the_same_and_each_shape_is_in_one_row(flow: Flow) -> None:
    order, rows = folded(DIMENSIONS, lambda given: answers(Shape(**given))[flow])
    for shape in shapes():
        values = [getattr(shape, name) for name in order]
        found = [
            code
            for cells, code in rows
            if all(not cell or value in cell for cell, value in zip(cells, values, strict=True))
        ]
        assert found == [answers(shape)[flow]], shape


def test_what_is_stricter_and_what_is_left_to_stripe_say_why() -> None:
    for flows, why in STRICTER.values():
        assert flows
        assert why.endswith(".")
    assert all(why.endswith(".") for why in LEFT_TO_STRIPE.values())
