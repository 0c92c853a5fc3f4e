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


def test_the_documented_file_is_read_and_knows_no_unknown_key():
    docs = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text()
    text = docs.split("```toml\n")[1].split("```")[0]
    catalog = parse_catalog(text)
    assert catalog.origin.unknown == ()
    assert [plan.slug for plan in catalog.cards(catalog.tables["main"])] == ["free", "pro"]


def test_a_file_without_tables_shows_each_group_in_a_live_one():
    catalog = parse_catalog(
        'default_plan = "free"\n[plans.free]\n[plans.team]\ngroup = "teams"\n'
        '[plans.later]\ngroup = "later"\npublished = false\n'
    )
    assert {key: (t.state, t.default) for key, t in catalog.tables.items()} == {
        "core": ("live", True),
        "teams": ("live", False),
    }


def test_what_no_row_depends_on_does_not_mark_rows():
    plain = 'default_plan = "free"\n[plans.pro]\n[[plans.pro.prices]]\nlookup_key = "p"\n'
    more = plain.replace("[plans.pro]", "[plans.pro]\npublished = false") + (
        'usage = "metered"\nmeter = "mtr_1"\ntax_behavior = "exclusive"\n[tables.main]\n'
    )
    assert repr(parse_catalog(more)) == repr(parse_catalog(plain))
