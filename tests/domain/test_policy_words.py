"""Policies in words: what the portal does, and what the catalogue says where that differs."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.policy_words import (
    UNKNOWN,
    cancel_note,
    change_note,
    grace_note,
    sentences,
)
from lib.billing.domain.portal import PortalConfiguration
from lib.billing.domain.portal_terms import LATER, wanted

END, ONCE = "Downgrades take effect at the end of the period.", "Downgrades take effect at once."
PRORATED = (
    "Upgrades take effect at once; Stripe prorates, and the difference is on the next invoice."
)
CHARGED = "Upgrades take effect at once; Stripe charges the prorated difference now."
KEEPS = "A cancellation keeps access until the period ends."
ENDS = "A cancellation ends access at once, also where it is paid for."


def sold(policies: str = "", portal: str = "") -> Any:
    return parse_catalog(
        f'default_plan = "free"\n[policies]\n{policies}\n[portal]\n{portal}\n'
        '[plans.pro]\n[[plans.pro.prices]]\nlookup_key = "pro_monthly"\n'
    )


def portal(**does: Any) -> PortalConfiguration:
    told: dict[str, Any] = {
        "cancel_proration": "none",
        "proration": "create_prorations",
        "downgrade_conditions": frozenset(LATER),
    }
    return PortalConfiguration("bpc_1", True, **told | does)


def otherwise(sentence: str) -> str:
    return (
        f"The catalogue says otherwise: “{sentence}” An administrator can apply it on the Portal "
        "page."
    )


CHANGES: dict[str, tuple[str, str, PortalConfiguration | None, str]] = {
    "as the catalogue says": ("", "", portal(), f"{END} {PRORATED}"),
    "downgrades at once, both": (
        'downgrade = "immediately"',
        "",
        portal(downgrade_conditions=frozenset()),
        f"{ONCE} {PRORATED}",
    ),
    "downgrades at once in Stripe alone": (
        "",
        "",
        portal(downgrade_conditions=frozenset()),
        f"{ONCE} {otherwise(END)} {PRORATED}",
    ),
    "downgrades later in Stripe alone": (
        'downgrade = "immediately"',
        "",
        portal(),
        f"{END} {otherwise(ONCE)} {PRORATED}",
    ),
    "only a lower price waits": (
        "",
        "",
        portal(downgrade_conditions=frozenset(LATER[:1])),
        "A lower price takes effect at the end of the period, a shorter interval at once. "
        f"{otherwise(END)} {PRORATED}",
    ),
    "only a shorter interval waits": (
        "",
        "",
        portal(downgrade_conditions=frozenset(LATER[1:])),
        "A shorter interval takes effect at the end of the period, a lower price at once. "
        f"{otherwise(END)} {PRORATED}",
    ),
    "what else waits is nothing of ours": (
        "",
        "",
        portal(downgrade_conditions=frozenset((*LATER, "a_new_one"))),
        f"{END} {PRORATED}",
    ),
    "charged at once": (
        "",
        'proration = "always_invoice"',
        portal(proration="always_invoice"),
        f"{END} {CHARGED}",
    ),
    "charged at once in Stripe alone": (
        "",
        "",
        portal(proration="always_invoice"),
        f"{END} {CHARGED} {otherwise(PRORATED)}",
    ),
    "nothing is charged": (
        "",
        'proration = "none"',
        portal(proration="none"),
        f"{END} Upgrades take effect at once; nothing is charged for them before the next period.",
    ),
    "Stripe did not tell": (
        "",
        "",
        portal(downgrade_conditions=None, proration=None),
        f"{END} {PRORATED}",
    ),
    "Stripe could not be asked": ("", "", None, f"{END} {PRORATED} {UNKNOWN}"),
}


@pytest.mark.parametrize(
    ("policies", "section", "does", "told"), CHANGES.values(), ids=CHANGES.keys()
)
def test_what_changing_the_plan_leads_to(
    policies: str, section: str, does: PortalConfiguration | None, told: str
) -> None:
    assert change_note(does, sold(policies, section)) == told


CANCELLATIONS: dict[str, tuple[str, PortalConfiguration | None, str]] = {
    "at the period's end": ("", portal(), KEEPS),
    "at once, both": ('cancel = "immediately"', portal(cancel_mode="immediately"), ENDS),
    "at once in Stripe alone": (
        "",
        portal(cancel_mode="immediately"),
        f"{ENDS} {otherwise(KEEPS)}",
    ),
    "at the end in Stripe alone": (
        'cancel = "immediately"',
        portal(),
        f"{KEEPS} {otherwise(ENDS)}",
    ),
    "at once, with a credit": (
        "",
        portal(cancel_mode="immediately", cancel_proration="create_prorations"),
        "A cancellation ends access at once; the rest of the period becomes a credit. "
        f"{otherwise(KEEPS)}",
    ),
    "Stripe did not tell": ("", portal(cancel_mode=None), KEEPS),
    "a mode that is not known": ("", portal(cancel_mode="some_day"), KEEPS),
    "Stripe could not be asked": ("", None, f"{KEEPS} {UNKNOWN}"),
}


@pytest.mark.parametrize(
    ("policies", "does", "told"), CANCELLATIONS.values(), ids=CANCELLATIONS.keys()
)
def test_what_a_cancellation_leads_to(
    policies: str, does: PortalConfiguration | None, told: str
) -> None:
    assert cancel_note(does, sold(policies)) == told


GRACE = {
    "": "A past-due plan stays for 14 days; after that Free applies until it is paid.",
    "past_due_grace_days = 1": (
        "A past-due plan stays for 1 day; after that Free applies until it is paid."
    ),
    "past_due_grace_days = 0": "While a payment is past due, Free applies at once.",
}


@pytest.mark.parametrize(("policies", "told"), GRACE.items(), ids=["by itself", "a day", "none"])
def test_how_long_a_plan_stays_that_is_not_paid(policies: str, told: str) -> None:
    assert grace_note(sold(policies)) == told


PRICES = {
    "price_1": {
        "lookup_key": "pro_monthly",
        "active": True,
        "product": "prod_1",
        "usage_type": "licensed",
        "type": "recurring",
        "currency": "usd",
        "interval": "month",
        "interval_count": 1,
    }
}


@pytest.mark.parametrize(
    ("policies", "section", "told"),
    [
        ("", "", [PRORATED, END, KEEPS]),
        ('downgrade = "immediately"\ncancel = "immediately"', "", [PRORATED, ONCE, ENDS]),
        ("", "plan_changes = false", [KEEPS]),
        ("", "cancellation = false", [PRORATED, END]),
    ],
    ids=["by itself", "all at once", "no changes", "no cancellation"],
)
def test_what_applying_leads_to_is_what_the_catalogue_says(
    policies: str, section: str, told: list[str]
) -> None:
    state = wanted(sold(policies, section), PRICES, None).states["core"]
    assert list(sentences(state)) == told
