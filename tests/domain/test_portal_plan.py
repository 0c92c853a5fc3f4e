"""What is wanted of the portal, and how it differs from what is there."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.domain.catalog import Catalog, parse_catalog
from lib.billing.domain.errors import CatalogInvalid
from lib.billing.domain.observations import State
from lib.billing.domain.portal import PortalConfiguration, configuration_for
from lib.billing.domain.portal_plan import LivePortal, choose, plan
from lib.billing.domain.portal_terms import LABELS, wanted

BACK = "https://app.example/return"
HEAD = 'default_plan = "free"\n'


def catalog(*plans: str, head: str = HEAD) -> Catalog:
    """Plans as ``slug:group:lookup_key,lookup_key``."""
    text = head
    for rank, said in enumerate(plans):
        slug, group, keys = said.split(":")
        text += f'[plans.{slug}]\nrank = {rank}\ngroup = "{group}"\n'
        for key in filter(None, keys.split(",")):
            text += f'[[plans.{slug}.prices]]\nlookup_key = "{key}"\n'
    return parse_catalog(text)


def price(key: str, product: str, **over: Any) -> State:
    return {
        "lookup_key": key,
        "product": product,
        "currency": "usd",
        "interval": "month",
        "interval_count": 1,
        "usage_type": "licensed",
        "type": "recurring",
        "active": True,
    } | over


PRICES = {"price_s": price("s", "prod_s"), "price_p": price("p", "prod_p")}
SMALL = catalog("starter:core:s", "pro:core:p")


def live(portal_id: str = "bpc_1", catalog: Catalog = SMALL, **over: Any) -> LivePortal:
    """What applying would have made, and then ``over``."""
    state = wanted(catalog, PRICES, BACK).states["core"]
    return LivePortal(
        portal_id, dict.fromkeys(LABELS) | {"is_default": False, "created": 5} | state | over
    )


def test_the_policies_become_fields_of_the_configuration():
    state = wanted(SMALL, PRICES, BACK).states["core"]
    assert (state["cancel_mode"], state["return_url"]) == ("at_period_end", BACK)
    assert state["downgrade_conditions"] == ["decreasing_item_amount", "shortening_interval"]
    assert state["products"] == [
        {"product": "prod_p", "prices": ["price_p"], "quantity": False},
        {"product": "prod_s", "prices": ["price_s"], "quantity": False},
    ]
    assert "headline" not in state


def test_each_plan_group_has_a_configuration_of_its_own():
    found = wanted(catalog("starter:core:s", "pro:teams:p", "free:core:"), PRICES, None)
    assert {group: len(s["products"]) for group, s in found.states.items()} == {
        "core": 1,
        "teams": 1,
    }
    assert all("return_url" not in state for state in found.states.values())


PORTAL = {
    "an empty text takes the value away": ('headline = ""', {"headline": None}),
    "quantities": (
        'allowed_changes = ["quantity"]',
        {"allowed_changes": ["quantity"]},
    ),
    "no reasons": ("cancellation_reasons = []", {"cancellation_reasons": []}),
    "an address of its own": (
        'return_url = "https://other.example"',
        {"return_url": "https://other.example"},
    ),
}


@pytest.mark.parametrize(("line", "fields"), PORTAL.values(), ids=PORTAL.keys())
def test_the_portal_section_is_taken_over(line, fields):
    chosen = catalog("pro:core:p", head=f"{HEAD}[portal]\n{line}\n")
    state = wanted(chosen, PRICES, BACK).states["core"]
    assert {name: state[name] for name in fields} == fields


INVALID = {
    "a long headline": (f'headline = "{"x" * 61}"', "61 characters"),
    "no address": ('privacy_policy_url = "privacy"', "must be an address"),
    "no switch": ('login_page = "yes"', "true or false"),
    "no field of Stripe's": ('customer_update = ["shoe_size"]', "'shoe_size' is none of"),
    "no list": ('cancellation_reasons = "all"', "list of texts"),
    "an unknown key": ("pause = true", "'pause' is not known"),
    "no proration": ('proration = "half"', "'half' is none of"),
    "no text": ("headline = 5", "must be a text"),
}


@pytest.mark.parametrize(("line", "said"), INVALID.values(), ids=INVALID.keys())
def test_a_section_that_cannot_be_used_is_refused_with_its_line(line, said):
    with pytest.raises(CatalogInvalid, match="line 3") as refused:
        parse_catalog(f"{HEAD}[portal]\n{line}\n")
    assert said in str(refused.value)


MANY = [f"p{n}:core:k{n}" for n in range(11)]
PROBLEMS = {
    "a lookup key that Stripe does not know": (
        catalog("pro:core:p,new"),
        PRICES,
        "no active price with the lookup key new of the plan pro",
    ),
    "a price that was archived": (
        SMALL,
        PRICES | {"price_p": price("p", "prod_p", active=False)},
        "no active price with the lookup key p",
    ),
    "eleven products": (
        catalog(*MANY),
        {f"price_{n}": price(f"k{n}", f"prod_{n}") for n in range(11)},
        "sells 11 products, and a portal configuration can offer 10",
    ),
    "one product twice in an interval": (
        SMALL,
        {"price_s": price("s", "prod_1"), "price_p": price("p", "prod_1")},
        "s and p sell one product in the same interval",
    ),
    "an upgrade that waits": (
        catalog("pro:core:p", head=f'{HEAD}[policies]\nupgrade = "period_end"\n'),
        PRICES,
        "upgrade must be “immediately”",
    ),
    "plan changes without payment methods": (
        catalog("pro:core:p", head=f"{HEAD}[portal]\npayment_methods = false\n"),
        PRICES,
        "payment_methods must be on",
    ),
    "nothing to sell": (catalog("pro:core:"), PRICES, "nothing to offer"),
}


@pytest.mark.parametrize(("catalog", "prices", "said"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_what_cannot_be_applied_is_said(catalog, prices, said):
    (problem,) = wanted(catalog, prices, BACK).problems
    assert said in problem
    assert not plan(wanted(catalog, prices, BACK), [], catalog.policies).clean


def test_ten_products_are_not_too_many():
    prices = {f"price_{n}": price(f"k{n}", f"prod_{n}") for n in range(10)}
    assert wanted(catalog(*MANY[:10]), prices, BACK).problems == ()


def test_metered_prices_are_left_out_and_named():
    found = wanted(SMALL, PRICES | {"price_p": price("p", "prod_p", usage_type="metered")}, BACK)
    assert found.problems == ()
    assert found.notes == ("pro: p is metered, which the portal cannot offer.",)
    assert [offer["product"] for offer in found.states["core"]["products"]] == ["prod_s"]


def planned(*found: LivePortal, catalog: Catalog = SMALL):
    return plan(wanted(catalog, PRICES, BACK), found, catalog.policies)


def test_what_is_as_it_should_be_needs_nothing():
    assert planned(live()).clean
    assert planned(live(headline="Set by hand, named nowhere")).clean


def test_without_a_configuration_one_is_created_with_every_managed_field():
    (group,) = planned().groups
    assert (group.action, group.configuration_id) == ("create", None)
    assert {"cancel_mode", "products", "managed_by"} <= group.fields


BY_HAND: dict[str, Any] = {
    "active": False,
    "name": "Renamed",
    "managed_by": None,
    "plan_group": "coer",
    "return_url": None,
    "login_page": False,
    "invoice_history": False,
    "payment_methods": False,
    "customer_update": [],
    "cancellation": False,
    "cancel_mode": "immediately",
    "cancel_proration": "create_prorations",
    "cancellation_reasons": ["other"],
    "plan_changes": False,
    "allowed_changes": ["quantity"],
    "proration": "always_invoice",
    "trial_change": "continue_trial",
    "downgrade_conditions": [],
}


@pytest.mark.parametrize(("name", "value"), BY_HAND.items(), ids=BY_HAND.keys())
def test_a_field_that_was_changed_by_hand_is_shown_alone(name, value):
    (group,) = planned(live(**{name: value})).groups
    (change,) = group.changes
    assert (change.field, change.live, group.action) == (name, value, "update")


def test_of_what_is_offered_the_product_is_named():
    offers = live().state["products"]
    found = planned(live(products=[offers[0] | {"prices": ["price_p", "price_old"]}]))
    assert [change.field for change in found.groups[0].changes] == [
        "products.prod_p",
        "products.prod_s",
    ]
    assert found.groups[0].changes[1].live is None


def test_prices_that_stripe_does_not_tell_are_not_compared():
    (group,) = planned(live(products=None)).groups
    assert (group.action, group.untold) == ("none", ("products",))


CHOICES = {
    "the oldest of several": ([live("bpc_2", created=9), live("bpc_1", created=5)], "bpc_1"),
    "by id when made in one second": ([live("bpc_2"), live("bpc_1")], "bpc_1"),
    "one in use before an older one that is not": (
        [live("bpc_1", active=False), live("bpc_2", created=9)],
        "bpc_2",
    ),
    "by name when nothing is marked": ([live(managed_by=None, plan_group=None)], "bpc_1"),
    "the marked one before a namesake": (
        [live("bpc_1", managed_by=None), live("bpc_2", created=9)],
        "bpc_2",
    ),
    "by name when its mark was changed by hand": ([live(plan_group="coer")], "bpc_1"),
    "none of another group": ([live(plan_group="teams")], None),
}


@pytest.mark.parametrize(("found", "chosen"), CHOICES.values(), ids=CHOICES.keys())
@pytest.mark.parametrize("turned", [False, True])
def test_which_configuration_is_ours(found, chosen, turned):
    best, _ = choose("core", found[::-1] if turned else found, ["core", "teams"])
    assert (best.id if best else None) == chosen


def test_a_second_copy_and_one_without_a_group_are_said():
    found = planned(live("bpc_1"), live("bpc_2", created=9), live("bpc_3", plan_group="gone"))
    said = {warning.level: warning.sentence for warning in found.warnings}
    assert "bpc_1, the oldest, is used. Deactivate bpc_2" in said["amber"]
    assert "has no plan group gone" in said["note"]
    assert found.clean


AT_ONCE = {
    "ours, changed by hand": ({}, SMALL, "red"),
    "the default one": ({"managed_by": None, "is_default": True, "name": None}, SMALL, "red"),
    "as the catalogue says": (
        {},
        catalog("pro:core:p", head=f'{HEAD}[policies]\ncancel = "immediately"\n'),
        "amber",
    ),
    "somebody else's": ({"managed_by": None, "name": "Shop"}, SMALL, None),
    "not in use": ({"active": False}, SMALL, None),
    "cancellation off": ({"cancellation": False}, SMALL, None),
}


@pytest.mark.parametrize(("over", "catalog", "level"), AT_ONCE.values(), ids=AT_ONCE.keys())
def test_a_cancellation_that_takes_effect_at_once_is_red(over, catalog, level):
    found = planned(live(catalog=catalog, **{"cancel_mode": "immediately"} | over), catalog=catalog)
    levels = [w.level for w in found.warnings if "cancels immediately" in w.sentence]
    assert levels == ([level] if level else [])


def test_the_mark_differs_with_what_would_be_done():
    marks = {planned(live(**over)).mark for over in ({}, {"name": "x"}, {"name": "y"})}
    assert len(marks) == 3
    assert planned(live()).mark == planned(live()).mark


DEFAULT = PortalConfiguration("bpc_d", is_default=True)
OURS = PortalConfiguration("bpc_o", is_default=False, plan_group="core", created=5)
LATER = PortalConfiguration("bpc_l", is_default=False, plan_group="core", created=9)
LINKS = {
    "the managed one of the group": ([DEFAULT, LATER, OURS], "core", OURS),
    "the default one where none is managed": ([DEFAULT, OURS], "teams", DEFAULT),
    "nothing where there is nothing": ([], "core", None),
    "the default one when nobody says which": ([OURS, DEFAULT], None, DEFAULT),
}


@pytest.mark.parametrize(("found", "group", "chosen"), LINKS.values(), ids=LINKS.keys())
def test_a_link_takes_the_configuration_of_the_plan_group(found, group, chosen):
    assert configuration_for(found, group) == chosen
