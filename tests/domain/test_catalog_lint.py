"""What is amiss in a catalogue: each rule finds its fault on its line, and none in a sound file."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from lib.billing.domain import catalog_lint, catalog_lint_known
from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.catalog_findings import CatalogFinding, in_order, unusable
from lib.billing.domain.catalog_live import Held, LiveCatalog, LivePrice, LiveProduct, Marks
from lib.billing.domain.catalog_locks import locks
from lib.billing.domain.errors import CatalogInvalid
from lib.billing.domain.observations import State
from lib.billing.domain.portal_plan import GroupPlan, PortalChange, PortalPlan

DOMAIN = Path(catalog_lint.__file__).parent
SOUND = """\
currency = "usd"
default_plan = "free"
[policies]
upgrade = "immediately"
downgrade = "period_end"
[features.api]
name = "API access"
[tables.main]
group = "core"
state = "live"
default = true
features_heading = "In every plan"
[plans.free]
features = ["api"]
[[plans.free.prices]]
lookup_key = "free_monthly"
interval = "month"
amount = 0
[plans.pro]
rank = 20
features = ["api"]
[[plans.pro.prices]]
lookup_key = "pro_monthly"
interval = "month"
amount = 2900
"""


def found(text: str) -> list[CatalogFinding]:
    return in_order(catalog_lint.findings(parse_catalog(text)))


def also(text: str) -> Callable[[str], str]:
    return lambda sound: sound + text


def instead(old: str, new: str) -> Callable[[str], str]:
    return lambda sound: sound.replace(old, new)


def plans(*slugs: str) -> str:
    return "".join(
        f'[plans.{slug}]\nrank = {30 + n}\nfeatures = ["api"]\n[[plans.{slug}.prices]]\n'
        f'lookup_key = "{slug}_monthly"\ninterval = "month"\namount = 100\n'
        for n, slug in enumerate(slugs)
    )


RULES: dict[str, tuple[Callable[[str], str], str, str, int | None]] = {
    "a key of the file": (instead("currency =", "curency ="), "error", "unknown_key", 1),
    "a key of a plan": (instead("rank = 20", "rank = 20\nrang = 1"), "error", "unknown_key", 21),
    "a key of a price": (also("amuont = 1\n"), "error", "unknown_key", 26),
    "a key of a feature": (
        instead('name = "API access"', 'nome = "API access"'),
        "error",
        "unknown_key",
        7,
    ),
    "a key of a policy": (instead("downgrade =", "downgrad ="), "error", "unknown_key", 5),
    "a key of a table": (instead("features_heading", "heading"), "error", "unknown_key", 12),
    "a plan key with a blank": (
        lambda s: s.replace("plans.pro", 'plans."pro plan"'),
        "error",
        "plan_key",
        19,
    ),
    "a feature's name beyond Stripe's limit": (
        instead("API access", "a" * 81),
        "error",
        "too_long",
        6,
    ),
    "a lookup key beyond Stripe's limit": (
        instead("pro_monthly", "p" * 201),
        "error",
        "too_long",
        23,
    ),
    "a price without a lookup key": (
        instead('lookup_key = "pro_monthly"', 'price_ids = ["price_1"]'),
        "warning",
        "lookup_key_missing",
        22,
    ),
    "a price without an amount": (
        instead("amount = 2900\n", ""),
        "warning",
        "price_terms_missing",
        22,
    ),
    "a metered price without a meter": (
        also('usage = "metered"\n'),
        "warning",
        "meter_missing",
        26,
    ),
    "three decimals that no card can pay": (
        instead("amount = 2900", 'currency = "kwd"\namount = 2901'),
        "warning",
        "three_decimals",
        26,
    ),
    "two prices of one interval": (
        also('[[plans.pro.prices]]\nlookup_key = "other"\ninterval = "month"\namount = 1\n'),
        "warning",
        "same_terms",
        26,
    ),
    "a product of two plans": (
        lambda s: s.replace("[plans.free]", '[plans.free]\nproducts = ["prod_1"]').replace(
            "rank = 20", 'rank = 20\nproducts = ["prod_1"]'
        ),
        "error",
        "product_shared",
        22,
    ),
    "a plan key of Kinde's that stands for two plans": (
        instead("rank = 20", 'rank = 20\nkinde_keys = ["free"]'),
        "error",
        "kinde_key_shared",
        21,
    ),
    "a feature that nothing declares": (
        instead('rank = 20\nfeatures = ["api"]', 'rank = 20\nfeatures = ["api", "sso"]'),
        "warning",
        "feature_undeclared",
        21,
    ),
    "a feature that no plan has": (
        also('[features.sso]\nname = "SSO"\n'),
        "warning",
        "feature_unused",
        26,
    ),
    "a plan without a feature": (
        instead('rank = 20\nfeatures = ["api"]\n', "rank = 20\n"),
        "warning",
        "plan_without_feature",
        19,
    ),
    "a default plan without a feature": (
        instead('[plans.free]\nfeatures = ["api"]\n', "[plans.free]\n"),
        "note",
        "plan_without_feature",
        13,
    ),
    "a free plan that costs": (
        instead("amount = 0", "amount = 1"),
        "warning",
        "free_without_zero_price",
        13,
    ),
    "a plan that nobody can buy": (
        also('[plans.big]\nrank = 30\nfeatures = ["api"]\n'),
        "warning",
        "plan_without_price",
        26,
    ),
    "two audiences in a group": (
        instead("rank = 20", 'rank = 20\naudience = "users"'),
        "error",
        "audience_mixed",
        21,
    ),
    "two plans of one rank": (instead("rank = 20", "rank = 0"), "warning", "rank_tie", 20),
    "a table of a group that is not": (
        instead('group = "core"', 'group = "cor"'),
        "error",
        "table_group_unknown",
        9,
    ),
    "a table of drafts": (
        also(
            '[tables.two]\ngroup = "two"\n[plans.big]\ngroup = "two"\nfeatures = ["api"]\n'
            "published = false\n"
        ),
        "warning",
        "table_empty",
        26,
    ),
    "more than four cards": (also(plans("a", "b", "c")), "warning", "too_many_cards", 8),
    "a default table that is a draft": (
        instead('state = "live"', 'state = "draft"'),
        "error",
        "default_table_draft",
        11,
    ),
    "two default tables": (
        also('[tables.two]\ngroup = "core"\nstate = "live"\ndefault = true\n'),
        "error",
        "default_table_twice",
        29,
    ),
    "upgrades that wait": (
        instead('upgrade = "immediately"', 'upgrade = "period_end"'),
        "error",
        "upgrade_policy",
        4,
    ),
}


def test_a_sound_file_has_nothing_to_say() -> None:
    assert found(SOUND) == []


@pytest.mark.parametrize(("edit", "level", "code", "line"), RULES.values(), ids=RULES.keys())
def test_each_rule_finds_its_fault_on_its_line(
    edit: Callable[[str], str], level: str, code: str, line: int | None
) -> None:
    text = edit(SOUND)
    assert text != SOUND
    (finding,) = found(text)
    assert (finding.level, finding.code, finding.line) == (level, code, line)
    assert finding.sentence.endswith(".")
    assert finding.remedy.endswith(".")


def test_no_more_than_four_cards_is_no_finding() -> None:
    assert found(SOUND + plans("a", "b")) == []


def test_the_shipped_catalogue_has_no_error() -> None:
    text = (DOMAIN.parents[2] / "catalog.toml").read_text()
    assert [each.code for each in found(text)] == [
        "free_without_zero_price",
        "plan_without_feature",
    ]


UNREADABLE = {
    "one lookup key twice": (
        SOUND + '[[plans.pro.prices]]\nlookup_key = "free_monthly"\n',
        "lookup_key_duplicate",
        26,
    ),
    "no TOML": ("a = \n", "catalog_invalid", 1),
    "a number that is none": (SOUND.replace("rank = 20", "rank = true"), "catalog_invalid", 20),
    "an interval that does not exist": (
        SOUND.replace('interval = "month"\namount = 2900', 'interval = "moon"'),
        "catalog_invalid",
        24,
    ),
    "a table's state that does not exist": (
        SOUND.replace('state = "live"', 'state = "alive"'),
        "catalog_invalid",
        10,
    ),
    "published that is no switch": (
        SOUND.replace("rank = 20", 'published = "yes"'),
        "catalog_invalid",
        20,
    ),
    "a limit in an inline table": (
        SOUND.replace("rank = 20", 'limits = { seats = "many" }'),
        "catalog_invalid",
        20,
    ),
}


@pytest.mark.parametrize(("text", "code", "line"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_is_a_finding_too(text: str, code: str, line: int) -> None:
    with pytest.raises(CatalogInvalid) as refused:
        parse_catalog(text)
    finding = unusable(refused.value)
    assert (finding.level, finding.code, finding.line) == ("error", code, line)


def price(key: str | None, amount: str | None = "2900", **over: object) -> State:
    return {
        "lookup_key": key,
        "product": "prod_pro",
        "currency": "usd",
        "unit_amount_decimal": amount,
        "interval": "month",
        "interval_count": 1,
        "usage_type": "licensed",
        "billing_scheme": "per_unit",
        "tiers_mode": None,
        "transform": None,
        "tax_behavior": "unspecified",
        "tiers": None,
        "active": True,
        "type": "recurring",
        "nickname": None,
    } | over


UNMARKED = Marks()


def live(
    *prices: State, marks: Marks = UNMARKED, products: tuple[LiveProduct, ...] = ()
) -> LiveCatalog:
    """Stripe with a free and a pro price, ``prices`` in their place or beside them."""
    every = {"price_free": price("free_monthly", "0", product="prod_free")}
    every |= {"price_pro": price("pro_monthly")}
    for number, state in enumerate(prices):
        known = next((i for i, s in every.items() if s["lookup_key"] == state["lookup_key"]), None)
        every[known or f"price_{number}"] = state
    known_products = (
        LiveProduct("prod_free", "Free", True),
        LiveProduct("prod_pro", "Pro", True, marks),
        *products,
    )
    return LiveCatalog(
        {each.id: each for each in known_products},
        {name: LivePrice(name, state) for name, state in every.items()},
    )


COMPARED: dict[str, tuple[LiveCatalog, str, str, int | None]] = {
    "another amount": (live(price("pro_monthly", "3400")), "warning", "amount_differs", 25),
    "an archived price": (
        live(price("pro_monthly", active=False)),
        "warning",
        "price_archived",
        22,
    ),
    "a lookup key in no plan": (live(price("more")), "warning", "lookup_key_unmapped", None),
    "a price in no plan": (live(price(None)), "warning", "price_unmapped", None),
}


@pytest.mark.parametrize(("known", "level", "code", "line"), COMPARED.values(), ids=COMPARED.keys())
def test_prices_are_compared(known: LiveCatalog, level: str, code: str, line: int | None) -> None:
    catalog = parse_catalog(SOUND)
    assert list(catalog_lint_known.compared(catalog, live())) == []
    (finding,) = catalog_lint_known.compared(catalog, known)
    assert (finding.level, finding.code, finding.line) == (level, code, line)


def test_a_price_that_stripe_has_not_is_a_warning() -> None:
    missing = LiveCatalog({}, {"price_free": LivePrice("price_free", price("free_monthly", "0"))})
    (finding,) = catalog_lint_known.compared(parse_catalog(SOUND), missing)
    assert (finding.level, finding.code, finding.line) == ("warning", "price_not_in_stripe", 22)


def test_a_one_off_price_is_nobody_s_business() -> None:
    known = live(price(None, interval=None, type="one_time"))
    assert list(catalog_lint_known.compared(parse_catalog(SOUND), known)) == []


LOCKED: dict[str, tuple[Callable[[str], str], LiveCatalog, str, int | None]] = {
    "another key": (str, live(marks=Marks("team")), "plan_key_changed", 19),
    "another audience": (str, live(marks=Marks("pro", "users")), "audience_changed", 19),
    "another currency": (
        str,
        live(marks=Marks("pro", "organizations", "eur")),
        "currency_changed",
        1,
    ),
    "a draft again": (
        instead("rank = 20", "published = false"),
        live(marks=Marks("pro")),
        "draft_after_publishing",
        20,
    ),
    "another currency of a price": (
        str,
        live(price("pro_monthly", currency="eur")),
        "price_currency_changed",
        22,
    ),
    "another interval": (
        str,
        live(price("pro_monthly", interval="year")),
        "price_interval_changed",
        24,
    ),
    "another count of intervals": (
        str,
        live(price("pro_monthly", interval_count=3)),
        "price_interval_changed",
        24,
    ),
    "another usage": (
        str,
        live(price("pro_monthly", usage_type="metered")),
        "price_usage_changed",
        22,
    ),
    "a product that sells two plans": (
        str,
        live(price("pro_monthly", product="prod_free")),
        "product_shared",
        19,
    ),
    "a published plan that is not in the file": (
        str,
        live(
            price("team", product="prod_team"),
            products=(LiveProduct("prod_team", "Team", True, Marks("team")),),
        ),
        "plan_gone",
        None,
    ),
}
HELD = {"price_0": Held(("cus_1",), 1, {"usd": 100})}


@pytest.mark.parametrize(("edit", "known", "code", "line"), LOCKED.values(), ids=LOCKED.keys())
def test_what_is_published_is_locked(
    edit: Callable[[str], str], known: LiveCatalog, code: str, line: int | None
) -> None:
    assert list(locks(parse_catalog(SOUND), live(), {})) == []
    (finding,) = locks(parse_catalog(edit(SOUND)), known, HELD)
    assert (finding.level, finding.code, finding.line) == ("error", code, line)


ELSEWHERE: dict[str, tuple[Callable[[str], str], str, int]] = {
    "a product": (
        instead("rank = 20", 'rank = 20\nproducts = ["prod_pro", "prod_of_the_other_mode"]'),
        "product_missing",
        21,
    ),
    "a price": (
        also('[[plans.pro.prices]]\nprice_ids = ["price_of_the_other_mode"]\n'),
        "price_missing",
        27,
    ),
}


@pytest.mark.parametrize(("edit", "code", "line"), ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_what_only_the_other_mode_has_is_in_nobody_s_way(
    edit: Callable[[str], str], code: str, line: int
) -> None:
    (finding,) = locks(parse_catalog(edit(SOUND)), live(), {})
    assert (finding.level, finding.code, finding.line) == ("warning", code, line)


def test_a_plan_that_is_gone_and_not_held_is_a_note() -> None:
    gone = LiveProduct("prod_team", "Team", True, Marks("team"))
    (finding,) = locks(parse_catalog(SOUND), live(products=(gone,)), {})
    assert (finding.level, finding.code) == ("note", "plan_gone")


def test_a_price_in_use_that_no_plan_has_is_an_error_and_an_add_on_is_not() -> None:
    held = Held(("cus_1", "cus_2"), 2, {"usd": 500, "jpy": 40})
    used = {
        "price_pro": ("pro_monthly", "prod_pro", held),
        "price_odd": ("odd", "prod_odd", held),
        "price_add": (None, "prod_add", held),
    }
    together = {frozenset({"price_pro", "price_add"}), frozenset({"price_odd"})}
    findings = in_order(catalog_lint_known.in_use(parse_catalog(SOUND), used, together))
    assert [(f.level, f.code) for f in findings] == [
        ("error", "price_in_use_unknown"),
        ("note", "add_on_unknown"),
    ]
    assert "odd (price_odd) is in no plan, but held by 2 customers, MRR 40 JPY + 5.00 USD:" in (
        findings[0].sentence
    )


def test_a_price_in_use_is_told_of_once() -> None:
    world = live(price("odd"))
    (odd,) = (each for each in world.prices.values() if each.state["lookup_key"] == "odd")
    used = {odd.id: ("odd", odd.state["product"], Held(("cus_1",), 1, {"usd": 500}))}
    catalog = parse_catalog(SOUND)
    alone = {frozenset({odd.id})}

    def codes(held: Collection[str]) -> list[str]:
        found = [
            *catalog_lint_known.compared(catalog, world, held),
            *catalog_lint_known.in_use(catalog, used, alone),
        ]
        return [each.code for each in found if odd.id in each.sentence]

    assert codes(used) == ["price_in_use_unknown"]
    assert codes(()) == ["lookup_key_unmapped", "price_in_use_unknown"]


PORTAL = {
    "downgrades at once": (PortalChange("downgrade_conditions", [], ["x"]), "downgrade_policy", 5),
    "cancellation at once": (PortalChange("cancel_mode", "immediately", "x"), "cancel_policy", 3),
}


@pytest.mark.parametrize(("change", "code", "line"), PORTAL.values(), ids=PORTAL.keys())
def test_a_portal_that_does_otherwise_is_named(change: PortalChange, code: str, line: int) -> None:
    other = PortalChange("headline", "a", "b")
    planned = PortalPlan((GroupPlan("core", "update", "bpc_1", (other, change), {}),))
    (finding,) = catalog_lint_known.portal(parse_catalog(SOUND), planned)
    assert (finding.level, finding.code, finding.line) == ("warning", code, line)
    none = PortalPlan((GroupPlan("core", "create", None, (change,), {}),))
    assert list(catalog_lint_known.portal(parse_catalog(SOUND), none)) == []


def test_every_code_has_a_test_here_and_stands_in_the_docs() -> None:
    names = ("catalog_lint", "catalog_lint_prices", "catalog_lint_known", "catalog_locks")
    source = "".join((DOMAIN / f"{name}.py").read_text() for name in names)
    told = set(re.findall(r'"(?:error|warning|note)"[^,]*,\s*"([a-z_]+)"', source))
    assert len(told) > 30
    here = Path(__file__).read_text()
    assert {code for code in told if f'"{code}"' not in here} == set()
    documented = (DOMAIN.parents[2] / "docs" / "catalogue.md").read_text()
    assert {code for code in told if f"`{code}`" not in documented} == set()
