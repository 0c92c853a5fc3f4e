"""The catalogue file: what it may leave out, and what it is told when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.errors import CatalogInvalid


def test_the_shipped_catalogue_is_valid():
    catalog = parse_catalog((Path(__file__).parents[2] / "catalog.toml").read_text())
    assert sorted(catalog.plans) == ["business", "free", "pro", "starter"]
    assert catalog.plans["pro"].limits == {"seats": 10}
    assert catalog.policies.past_due_grace_days == 14


def test_everything_but_the_default_plan_has_a_default():
    catalog = parse_catalog('default_plan = "free"')
    assert (catalog.default.slug, catalog.default.rank, catalog.default.features) == ("free", 0, ())
    assert (catalog.policies.upgrade, catalog.policies.cancel) == ("immediately", "period_end")


def test_a_price_may_be_named_by_ids_alone():
    catalog = parse_catalog(
        'default_plan="f"\n[plans.p]\n[[plans.p.prices]]\nprice_ids=["price_1"]'
    )
    plan = catalog.plan_of({"id": "price_1", "lookup_key": None, "product": None})
    assert plan is not None
    assert plan.slug == "p"


WRONG = {
    "not TOML at all": ("default_plan = ", "not valid TOML"),
    "no default plan": ('currency = "usd"', "default_plan"),
    "a price that nothing identifies": (
        'default_plan = "f"\n[plans.pro]\n[[plans.pro.prices]]\ninterval = "month"',
        "line 3: every price of plan pro needs lookup_key",
    ),
    "an interval that does not exist": (
        'default_plan = "f"\n[plans.p]\n[[plans.p.prices]]\nlookup_key = "x"\ninterval = "moon"',
        "line 5",
    ),
    "one key for two plans": (
        'default_plan="f"\n[plans.a]\n[[plans.a.prices]]\nlookup_key="k"\n'
        '[plans.b]\n[[plans.b.prices]]\nlookup_key="k"',
        "a price belongs to one plan",
    ),
    "a limit that is not a number": (
        'default_plan = "f"\n[plans.a]\nlimits = { seats = "many" }',
        "seats must be a whole number",
    ),
    "plans that are not tables": ('default_plan = "f"\nplans = 3', "must be tables"),
    "a currency that is none": ('default_plan = "f"\ncurrency = "dollars"', "three-letter"),
}


@pytest.mark.parametrize(("text", "says"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_file_is_told_where_and_what(text, says):
    with pytest.raises(CatalogInvalid, match=says):
        parse_catalog(text, source="catalog.toml")
