"""Stripe sells what the catalogue says, over real HTTP to the sandbox."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from lib.billing.catalog import Done
from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.errors import (
    BillingError,
    CatalogRefused,
    ConfigurationError,
    PermissionDenied,
)
from lib.billing.domain.fold import Rules
from lib.billing.domain.permissions import Role
from lib.billing.ingest import Ingest
from lib.billing.store.queries.entitlements import entitlements_of
from lib.billing.store.tables import audit
from tests.catalog.conftest import SOLD, Seller

DEARER = SOLD.replace("amount = 2900", "amount = 3400")


def acts(seller: Seller) -> list[tuple[str, str | None]]:
    with seller.store.reading() as connection:
        query = select(audit.c.action, audit.c.code).order_by(audit.c.audit_id)
        return [tuple(row) for row in connection.execute(query)]


def test_from_nothing_it_sells_the_plans_and_a_second_time_writes_nothing(seller: Seller) -> None:
    applied = seller.apply()
    assert applied.left == ()
    assert [(d.step.action, d.step.name) for d in applied.done] == [
        ("feature.create", "analytics"),
        ("feature.create", "projects"),
        ("product.create", "Starter"),
        ("product.create", "Pro"),
        ("feature.attach", "projects"),
        ("feature.attach", "analytics"),
        ("feature.attach", "projects"),
        ("price.create", "starter_monthly"),
        ("price.create", "pro_monthly"),
        ("price.create", "pro_yearly_jpy"),
    ]
    assert len(seller.made) == 10

    assert seller.apply().done == ()
    assert len(seller.made) == 10
    assert seller.desk().plan().clean
    assert acts(seller) == [("catalog.requested", None), ("catalog.applied", None)]

    pro = seller.price("pro_monthly")
    assert (pro.unit_amount, pro.currency, pro.recurring.interval) == (2900, "usd", "month")
    yen = seller.price("pro_yearly_jpy")
    assert (yen.unit_amount, yen.currency) == (43000, "jpy")
    product = seller.stripe.v1.products.retrieve(pro.product)
    assert product.metadata.to_dict() == {
        "managed_by": "portside",
        "portside_plan": "pro",
        "portside_audience": "organizations",
        "portside_currency": "usd",
    }


def test_who_subscribes_to_what_was_applied_has_its_features(seller: Seller) -> None:
    seller.apply()
    customer = seller.subscribe("pro_monthly")
    seller.deliver()
    with seller.store.reading() as connection:
        row = entitlements_of(connection, [customer])[customer]
    assert (row.plan, row.features, row.limits) == (
        "pro",
        ["analytics", "projects"],
        {"seats": 10},
    )
    held = seller.stripe.v1.entitlements.active_entitlements.list({"customer": customer})
    assert sorted(each.lookup_key for each in held.data) == ["analytics", "projects"]


def test_another_amount_is_a_new_version_and_holders_keep_theirs(seller: Seller) -> None:
    seller.apply()
    old = seller.price("pro_monthly").id
    customer = seller.subscribe("pro_monthly")
    seller.deliver()
    before = len(seller.made)

    (version,) = seller.desk(DEARER).plan().versions
    assert (version.price_id, version.held.customers, version.held.mrr, version.replaced) == (
        old,
        (customer,),
        {"usd": 2900},
        True,
    )
    applied = seller.apply(DEARER)
    assert [(d.step.action, d.step.target) for d in applied.done] == [("price.version", old)]
    assert len(seller.made) == before + 1
    new = seller.price("pro_monthly")
    assert (new.id == old, new.unit_amount) == (False, 3400)
    kept = seller.stripe.v1.prices.retrieve(old)
    assert (kept.active, kept.unit_amount, kept.lookup_key) == (True, 2900, None)
    (version,) = applied.versions
    assert (version.price_id, version.lookup_key, version.replaced) == (old, "pro_monthly", False)
    assert "is an old version, held by 1 customer, MRR 29.00 USD" in version.sentence()

    # The next invoice shows the old price without its key; the plan is still known.
    seller.running.advance(40 * 86_400)
    seller.deliver(DEARER)
    with seller.store.reading() as connection:
        row = entitlements_of(connection, [customer])[customer]
    assert (row.plan, row.rule) == ("pro", "active")


def test_back_and_forth_are_three_versions(seller: Seller) -> None:
    seller.apply()
    first = seller.price("pro_monthly").id
    for sold, amount in ((DEARER, 3400), (SOLD, 2900)):
        assert [d.step.action for d in seller.apply(sold).done] == ["price.version"]
        assert seller.price("pro_monthly").unit_amount == amount
    assert seller.price("pro_monthly").id != first
    assert seller.desk().plan().clean


def test_a_moved_feature_moves_at_stripe(seller: Seller) -> None:
    seller.apply()
    moved = SOLD.replace('["projects", "analytics"]', '["projects"]').replace(
        'features = ["projects"]\nlimits = { seats = 3 }',
        'features = ["projects", "analytics"]\nlimits = { seats = 3 }',
    )
    for sold, giver, taker in ((moved, "pro", "starter"), (SOLD, "starter", "pro")) * 2:
        done = [(d.step.action, d.step.plan) for d in seller.apply(sold).done]
        assert done == [("feature.attach", taker), ("feature.detach", giver)]
        assert seller.desk(sold).plan().clean


def test_what_somebody_else_attached_stays_and_is_named(seller: Seller) -> None:
    seller.apply()
    feature = seller.stripe.v1.entitlements.features.create({"name": "Mine", "lookup_key": "mine"})
    seller.stripe.v1.products.features.create("portside_pro", {"entitlement_feature": feature.id})
    planned = seller.desk().plan()
    assert planned.clean
    assert "pro: portside_pro also has the feature mine" in planned.notes[0]


BROKEN_OFF = range(10)


@pytest.mark.parametrize("writes", BROKEN_OFF)
def test_broken_off_after_any_write_it_goes_on(seller: Seller, writes: int) -> None:
    seller.breaks[:] = [writes]
    with pytest.raises(BillingError, match="API key"):
        seller.apply()
    assert len(seller.made) == writes
    assert acts(seller)[-1] == ("catalog.failed", "stripe_key")
    seller.breaks.clear()
    assert len(seller.apply().done) == 10 - writes
    assert len(seller.made) == 10
    assert seller.desk().plan().clean
    assert seller.price("pro_monthly").unit_amount == 2900


def test_two_who_apply_at_once_make_everything_once(seller: Seller) -> None:
    desks = [seller.desk(), seller.desk()]
    compared = [desk._compare() for desk in desks]
    ids = []
    for desk, (live, planned) in zip(desks, compared, strict=True):
        done: list[Done] = []
        desk._write(planned.steps, live, "the same last apply", done)
        ids.append([each.id for each in done])
    assert ids[0] == ids[1]
    assert len(seller.stripe.v1.prices.list({}).data) == 3
    assert seller.desk().plan().clean


CHANGED: dict[str, tuple[str, str, str]] = {
    "the currency of the catalogue": ('currency = "usd"', 'currency = "eur"', "currency_changed"),
    "the currency of a price": ('currency = "jpy"', 'currency = "krw"', "price_currency_changed"),
    "the audience": ("rank = 20", 'rank = 20\naudience = "users"', "audience_changed"),
    "the key": ("plans.pro", "plans.professional", "plan_key_changed"),
    "a draft again": ("rank = 20", "rank = 20\npublished = false", "draft_after_publishing"),
    "the interval of a price": (
        'interval = "year"',
        'interval = "month"',
        "price_interval_changed",
    ),
    "by usage instead of by quantity": (
        "amount = 2900",
        'amount = 2900\nusage = "metered"',
        "price_usage_changed",
    ),
}


@pytest.mark.parametrize(("old", "new", "code"), CHANGED.values(), ids=CHANGED.keys())
def test_what_is_published_cannot_change(seller: Seller, old: str, new: str, code: str) -> None:
    seller.apply()
    before = len(seller.made)
    assert code in seller.problems(SOLD.replace(old, new))
    with pytest.raises(CatalogRefused) as refused:
        seller.apply(SOLD.replace(old, new))
    assert "Nothing was applied" in str(refused.value)
    assert len(seller.made) == before
    assert acts(seller)[-1] == ("catalog.refused", refused.value.code)
    assert seller.desk().plan().clean


def test_before_it_is_published_everything_may_change(seller: Seller) -> None:
    draft = SOLD.replace("rank = 20", "rank = 20\npublished = false")
    done = {d.step.name for d in seller.apply(draft).done}
    assert not done & {"Pro", "pro_monthly", "analytics"}
    assert "pro is a draft and stays out of Stripe." in seller.desk(draft).plan().notes
    other = SOLD.replace("rank = 20", 'rank = 20\naudience = "users"\ngroup = "people"')
    assert "Pro" in {d.step.name for d in seller.apply(other).done}


def test_swapped_keys_of_published_plans_are_refused(seller: Seller) -> None:
    seller.apply()
    swapped = (
        SOLD.replace("plans.pro", "plans.x")
        .replace("plans.starter", "plans.pro")
        .replace("plans.x", "plans.starter")
    )
    assert seller.problems(swapped) == ["plan_key_changed", "plan_key_changed"]


def test_a_plan_that_is_gone_is_missed_while_it_is_held(seller: Seller) -> None:
    seller.apply()
    without = SOLD[: SOLD.index("[plans.pro]")]
    assert seller.problems(without) == []
    assert "The published plan pro (portside_pro) is not in the file" in " ".join(
        seller.desk(without).plan().notes
    )
    seller.subscribe("pro_monthly")
    seller.deliver()
    assert seller.problems(without) == ["plan_gone"]


def test_products_that_were_there_are_taken_over(seller: Seller) -> None:
    product = seller.stripe.v1.products.create({"name": "Pro plan"}).id
    price: dict[str, Any] = {"product": product, "unit_amount": 2900, "currency": "usd"}
    price |= {"recurring": {"interval": "month"}, "tax_behavior": "exclusive"}
    made = seller.stripe.v1.prices.create({**price, "lookup_key": "pro_monthly"})
    applied = seller.apply()
    changed = next(d for d in applied.done if d.step.action == "product.update")
    assert (changed.id, changed.step.live["name"], changed.step.wanted["name"]) == (
        product,
        "Pro plan",
        "Pro",
    )
    assert seller.price("pro_monthly").id == made.id
    assert seller.price("pro_yearly_jpy").product == product

    # Nothing but its lookup key says which plan the price sells, and a version would take it.
    assert seller.problems(DEARER) == ["holders_unmapped"]
    named = DEARER.replace("[plans.pro]", f'[plans.pro]\nproducts = ["{product}"]')
    assert seller.problems(named) == []
    assert [d.step.action for d in seller.apply(named).done] == ["price.version"]
    assert seller.price("pro_monthly").tax_behavior == "exclusive"


def test_one_product_for_two_plans_is_refused(seller: Seller) -> None:
    product = seller.stripe.v1.products.create({"name": "Everything"}).id
    for key, amount in (("starter_monthly", 900), ("pro_monthly", 2900)):
        seller.stripe.v1.prices.create(
            {
                "product": product,
                "unit_amount": amount,
                "currency": "usd",
                "recurring": {"interval": "month"},
                "lookup_key": key,
            }
        )
    assert seller.problems(SOLD) == ["product_shared"]


BY_HAND: dict[str, tuple[Any, list[tuple[str, str]]]] = {
    "renamed": (
        lambda s: s.stripe.v1.products.update("portside_pro", {"name": "Other"}),
        [("product.update", "Pro")],
    ),
    "its product archived": (
        lambda s: s.stripe.v1.products.update("portside_pro", {"active": False}),
        [("product.update", "Pro")],
    ),
    "its mark taken away": (
        lambda s: s.stripe.v1.products.update(
            "portside_pro", {"metadata": {"portside_plan": "", "portside_currency": ""}}
        ),
        [("product.update", "Pro")],
    ),
    "its price archived": (
        lambda s: s.stripe.v1.prices.update(s.price("pro_monthly").id, {"active": False}),
        [("price.activate", "pro_monthly")],
    ),
    "a feature renamed": (
        lambda s: s.stripe.v1.entitlements.features.update(
            s.stripe.v1.entitlements.features.list({"lookup_key": "analytics"}).data[0].id,
            {"name": "Other"},
        ),
        [("feature.rename", "analytics")],
    ),
    "its lookup key taken away": (
        lambda s: s.stripe.v1.prices.update(s.price("pro_monthly").id, {"lookup_key": ""}),
        [("price.create", "pro_monthly")],
    ),
}


@pytest.mark.parametrize(("edit", "steps"), BY_HAND.values(), ids=BY_HAND.keys())
def test_what_was_edited_by_hand_is_shown_and_put_back(
    seller: Seller, edit: Any, steps: list[tuple[str, str]]
) -> None:
    seller.apply()
    for _ in range(2):  # also the second time, with the idempotency keys of the first
        edit(seller)
        assert seller.actions() == steps
        assert [(d.step.action, d.step.name) for d in seller.apply().done] == steps
        assert seller.desk().plan().clean


REFUSED: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "a plan that is no longer what was looked at": (
        {"expected": "something else"},
        CatalogRefused,
        "catalog_changed",
    ),
    "a role without the right": (
        {"roles": frozenset({Role.SUPPORT, Role.FINANCE, Role.FOUNDER})},
        PermissionDenied,
        "permission_denied",
    ),
}


@pytest.mark.parametrize(("over", "error", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_writes_nothing_and_is_in_the_audit(
    seller: Seller, over: dict[str, Any], error: type[Exception], code: str
) -> None:
    with pytest.raises(error):
        seller.apply(**over)
    assert seller.made == []
    assert acts(seller) == [("catalog.refused", code)]


def test_what_was_looked_at_is_applied(seller: Seller) -> None:
    assert len(seller.apply(expected=seller.desk().plan().mark).done) == 10


def test_an_error_of_the_file_is_in_the_way(seller: Seller) -> None:
    with pytest.raises(CatalogRefused, match=r"line 21: plans\.pro\.futures means nothing"):
        seller.apply(SOLD.replace('name = "Pro"', 'name = "Pro"\nfutures = []'))
    assert seller.made == []


def test_without_a_key_it_says_so(seller: Seller) -> None:
    with pytest.raises(ConfigurationError, match="STRIPE_API_KEY"):
        seller.desk(sells=None).plan()


HOSTILE = "<script>alert(1)</script> **\u202e=cmd|' /C calc'!A0"


def test_hostile_names_travel_as_they_are(seller: Seller) -> None:
    quoted = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    sold = SOLD.replace('name = "Pro"', f'name = "{quoted}"').replace(
        'name = "Advanced analytics"', f'name = "{quoted}"'
    )
    seller.apply(sold)
    assert seller.stripe.v1.products.retrieve("portside_pro").name == HOSTILE
    assert seller.desk(sold).plan().clean


METERED = """
[[plans.pro.prices]]
lookup_key = "pro_calls"
interval = "month"
amount = 2
usage = "metered"
meter = "mtr_1"
"""


def test_a_metered_price_is_made_and_is_outside_mrr(seller: Seller) -> None:
    seller.apply(SOLD + METERED)
    made = seller.price("pro_calls")
    assert (made.recurring.usage_type, made.recurring.meter) == ("metered", "mtr_1")
    assert seller.desk(SOLD + METERED).plan().clean
    assert seller.problems(
        SOLD + METERED.replace('meter = "mtr_1"', "").replace("pro_calls", "pro_more")
    ) == ["price_unmakeable"]


def test_rows_of_another_catalogue_are_told_of(seller: Seller) -> None:
    assert not seller.apply().stale
    seller.deliver()
    Ingest(seller.store, Rules(parse_catalog(SOLD)), clock=seller.now).sign()
    assert not seller.apply().stale
    assert seller.apply(SOLD.replace("seats = 10", "seats = 11")).stale


def test_an_archived_feature_leaves_its_key_free(seller: Seller) -> None:
    seller.apply()
    (feature,) = seller.stripe.v1.entitlements.features.list({"lookup_key": "analytics"}).data
    seller.stripe.v1.entitlements.features.update(feature.id, {"active": False})
    steps = [("feature.create", "analytics"), ("feature.attach", "analytics")]
    assert seller.actions() == steps
    assert [(d.step.action, d.step.name) for d in seller.apply().done] == steps
    assert seller.desk().plan().clean
