"""The portal as the catalogue says, over real HTTP to the sandbox."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from lib.billing.domain.errors import ConfigurationError, PermissionDenied, PortalRefused
from lib.billing.domain.permissions import Role
from lib.billing.store.tables import audit
from lib.billing.stripe.configurations import Configurations
from tests.portal.conftest import SOLD, Kept


def acts(kept: Kept) -> list[tuple[str, str | None]]:
    with kept.front.store.reading() as connection:
        query = select(audit.c.action, audit.c.code).order_by(audit.c.audit_id)
        return [tuple(row) for row in connection.execute(query)]


def test_applying_makes_it_so_and_applying_again_changes_nothing(kept: Kept) -> None:
    desk = kept.desk()
    assert [group.action for group in desk.plan().groups] == ["create"]
    ((group, portal_id, verb, _),) = kept.apply().done
    assert (group, verb) == ("core", "created")
    assert desk.plan().clean
    told = len(kept.front.shop.events)

    kept.front.pass_time(60)
    assert kept.apply().done == ()
    assert [portal.id for portal in kept.managed()] == [portal_id]
    assert len(kept.front.shop.events) == told
    assert acts(kept) == [("portal.requested", None), ("portal.applied", None)]
    cancel = kept.managed()[0].features.subscription_cancel
    assert (cancel.enabled, cancel.mode) == (True, "at_period_end")


def test_a_changed_catalogue_changes_only_what_it_names(kept: Kept) -> None:
    kept.apply()
    kept.front.pass_time(60)
    ((_, _, verb, fields),) = kept.apply(SOLD.replace("Your plan", "Plan and invoices")).done
    assert (verb, fields) == ("updated", ("headline",))
    assert kept.managed()[0].business_profile.headline == "Plan and invoices"
    ((_, _, _, fields),) = kept.apply(SOLD.replace("Your plan", "")).done
    assert fields == ("headline",)
    assert kept.managed()[0].business_profile.headline is None


def update(**changes: Any) -> dict[str, Any]:
    return {"features": {"subscription_update": {"enabled": True} | changes}}


def cancel(**changes: Any) -> dict[str, Any]:
    return {"features": {"subscription_cancel": {"enabled": True} | changes}}


BY_HAND: dict[str, tuple[dict[str, Any], set[str]]] = {
    "deactivated": ({"active": False}, {"active"}),
    "renamed": ({"name": "Mine"}, {"name"}),
    "its mark taken away": ({"metadata": {"managed_by": ""}}, {"managed_by"}),
    "its plan group": ({"metadata": {"plan_group": "coer"}}, {"plan_group"}),
    "headline": ({"business_profile": {"headline": "Hello"}}, {"headline"}),
    "privacy policy": ({"business_profile": {"privacy_policy_url": ""}}, {"privacy_policy_url"}),
    "terms": (
        {"business_profile": {"terms_of_service_url": "https://other.example"}},
        {"terms_of_service_url"},
    ),
    "return address": ({"default_return_url": "https://other.example"}, {"return_url"}),
    "login page": ({"login_page": {"enabled": False}}, {"login_page"}),
    "invoices": ({"features": {"invoice_history": {"enabled": False}}}, {"invoice_history"}),
    "payment methods, and plan changes that need them": (
        {
            "features": {
                "payment_method_update": {"enabled": False},
                "subscription_update": {"enabled": False},
            }
        },
        {"payment_methods", "plan_changes"},
    ),
    "details": (
        {"features": {"customer_update": {"enabled": True, "allowed_updates": ["email"]}}},
        {"customer_update"},
    ),
    "details switched off": (
        {"features": {"customer_update": {"enabled": False}}},
        {"customer_update"},
    ),
    "cancellation off": (cancel(enabled=False), {"cancellation"}),
    "cancellation at once": (cancel(mode="immediately"), {"cancel_mode"}),
    "cancellation with a refund": (
        cancel(mode="immediately", proration_behavior="create_prorations"),
        {"cancel_mode", "cancel_proration"},
    ),
    "reasons": (
        cancel(cancellation_reason={"enabled": True, "options": ["other"]}),
        {"cancellation_reasons"},
    ),
    "reasons switched off": (
        cancel(cancellation_reason={"enabled": False}),
        {"cancellation_reasons"},
    ),
    "what may be changed": (
        update(default_allowed_updates=["price", "quantity"]),
        {"allowed_changes"},
    ),
    "proration": (update(proration_behavior="none"), {"proration"}),
    "trials": (update(trial_update_behavior="continue_trial"), {"trial_change"}),
    "downgrades at once": (
        update(schedule_at_period_end={"conditions": ""}),
        {"downgrade_conditions"},
    ),
    "nothing offered": (update(products=""), {"products"}),
}


@pytest.mark.parametrize(("edit", "fields"), BY_HAND.values(), ids=BY_HAND.keys())
def test_what_was_edited_by_hand_is_shown_and_put_back(
    shared: Kept, edit: dict[str, Any], fields: set[str]
) -> None:
    shared.apply()
    (before,) = [group.configuration_id for group in shared.desk().plan().groups]
    shared.front.pass_time(60)
    shared.portals.update(before, edit)

    (group,) = shared.desk().plan().groups
    assert (group.action, group.configuration_id, group.fields) == ("update", before, fields)
    assert group.fields == {change.field.partition(".")[0] for change in group.changes}
    ((_, portal_id, _, done),) = shared.apply().done
    assert (portal_id, set(done)) == (before, fields)
    assert shared.desk().plan().clean


def test_the_same_edit_twice_is_put_back_twice(kept: Kept) -> None:
    kept.apply()
    for _ in range(2):
        kept.front.pass_time(60)
        kept.portals.update(kept.managed()[0].id, {"name": "Mine"})
        assert kept.apply().done[0][3] == ("name",)
    assert kept.desk().plan().clean


def test_two_who_apply_at_once_make_one_configuration(kept: Kept) -> None:
    (group,) = kept.desk().plan().groups
    desks = [kept.desk(), kept.desk()]
    assert len({desk._carry_out(group).id for desk in desks}) == 1
    assert len(kept.managed()) == 1


def test_of_two_copies_the_oldest_is_kept_and_the_other_named(kept: Kept) -> None:
    kept.apply()
    oldest = kept.managed()[0].id
    kept.front.pass_time(60)
    state = kept.desk().plan().groups[0].wanted
    copy = Configurations(kept.front.gateway).create_portal(state, idempotency_key="by hand")
    planned = kept.desk().plan()
    assert planned.groups[0].configuration_id == oldest
    assert f"Deactivate {copy.id}" in planned.warnings[0].sentence


REFUSED: dict[str, tuple[str, dict[str, Any], type[Exception], str]] = {
    "a price that Stripe does not know": (
        SOLD.replace("pro_monthly", "pro_new"),
        {},
        PortalRefused,
        "portal_refused",
    ),
    "a plan that is no longer what was looked at": (
        SOLD,
        {"expected": "something else"},
        PortalRefused,
        "portal_changed",
    ),
    "a role without the right": (
        SOLD,
        {"roles": frozenset({Role.SUPPORT, Role.FINANCE, Role.FOUNDER})},
        PermissionDenied,
        "permission_denied",
    ),
}


@pytest.mark.parametrize(("sold", "over", "error", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_changes_nothing_and_is_in_the_audit(
    kept: Kept, sold: str, over: dict[str, Any], error: type[Exception], code: str
) -> None:
    with pytest.raises(error):
        kept.apply(sold, **over)
    assert kept.managed() == []
    assert acts(kept) == [("portal.refused", code)]


def test_without_a_key_it_says_what_is_missing(kept: Kept) -> None:
    with pytest.raises(ConfigurationError, match="STRIPE_API_KEY"):
        kept.desk(portals=None).plan()


def test_what_was_looked_at_may_be_applied(kept: Kept) -> None:
    mark = kept.desk().plan().mark
    assert kept.apply(expected=mark).done


def test_two_plan_groups_are_two_configurations(kept: Kept) -> None:
    sold = SOLD.replace("[plans.pro]", '[plans.pro]\ngroup = "équipes ☕"')
    assert [done[0] for done in kept.apply(sold).done] == ["core", "équipes ☕"]
    assert kept.desk(sold).plan().clean
