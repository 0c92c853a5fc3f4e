"""`[policies]` of `portside.toml`: what is taken, and what is refused with which sentence."""

from __future__ import annotations

import pytest

from lib.billing.domain.errors import ConfigurationError
from lib.billing.domain.policy import PRESETS
from lib.billing.settings.business import parse_business

OURS = """
policy = "ours"
[policies.ours]
base = "chartmogul"
statuses = ["active", "past_due", "trialing"]
discounts = "forever"
zero_stays_customer = false
ltv_trailing_months = "never"
"""


def test_ones_own_policy_is_a_preset_with_flags_overridden():
    business = parse_business(OURS)
    ours = business.policy
    assert ours.slug == "ours"
    assert ours.statuses == {"active", "past_due", "trialing"}
    assert (ours.collection_paused, ours.discounts) == (True, "forever")
    assert (ours.zero_stays_customer, ours.ltv_trailing_months) == (False, None)
    assert list(business.policies) == [*PRESETS, "ours"]
    assert business.policies["ours"] is ours


def test_without_a_base_it_starts_from_portside():
    own = parse_business("[policies.own]\nleaves_when_scheduled = true").policies["own"]
    assert (own.leaves_when_scheduled, own.statuses) == (True, PRESETS["portside"].statuses)


def test_a_policy_that_needs_a_clock_can_be_asked_for():
    text = "[policies.strict]\npast_due_leaves_after_days = 30"
    assert parse_business(text).policies["strict"].needs_clock


REFUSED = {
    "an unknown policy": ('policy = "recurly"', "policy should be one of portside, stripe"),
    "an unknown flag": ("[policies.ours]\nannual = true", "policies.ours.annual' is not known"),
    "an unknown base": ('[policies.ours]\nbase = "x"', "policies.ours.base should be one of"),
    "a base of one's own": (
        '[policies.a]\n[policies.b]\nbase = "a"',
        "policies.b.base should be one of portside",
    ),
    "the name of a preset": ('[policies.stripe]\nbase = "stripe"', "a preset is not changed"),
    "a name nobody can type": ('[policies."Ours 2"]', "policies.Ours 2 should be named"),
    "no section": ("[policies]\nours = 1", "policies.ours should be a section"),
    "a status that is none": ('[policies.o]\nstatuses = ["live"]', "a list of some of active"),
    "no status at all": ("[policies.o]\nstatuses = []", "a list of some of active"),
    "a text for a switch": ('[policies.o]\ncollection_paused = "yes"', "true or false"),
    "other discounts": ('[policies.o]\ndiscounts = "some"', "one of forever, all, none"),
    "no days": ("[policies.o]\npast_due_leaves_after_days = 0", "a whole number from 1"),
    "a clock for what is kept": (
        'policy = "o"\n[policies.o]\npast_due_leaves_after_days = 9',
        "under o MRR falls on a day when nothing is told",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_mistake_is_one_sentence(text, sentence):
    with pytest.raises(ConfigurationError) as refused:
        parse_business(text)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)
