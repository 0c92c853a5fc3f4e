"""What tables of the domain say, which no call in the code names, is there in German too."""

from __future__ import annotations

import pytest

from dashboard.language import catalogue
from lib.billing.domain.acts import ACTS, act_outcome, act_words
from lib.billing.domain.causes import CAUSES
from lib.billing.domain.policy_words import CANCELLATIONS, DOWNGRADES, UPGRADES


@pytest.mark.parametrize("action", ACTS)
def test_an_act_of_the_audit_has_a_name_and_an_address_in_german(action: str) -> None:
    what, outcome = act_words(action), act_outcome(action)
    assert {what, outcome, f"{what}: {outcome.lower()}"} <= catalogue("de").keys()


@pytest.mark.parametrize("cause", CAUSES.values(), ids=lambda cause: cause.slug)
def test_the_cause_of_a_difference_is_said_in_german(cause: object) -> None:
    assert cause.means in catalogue("de")  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", [UPGRADES, DOWNGRADES, CANCELLATIONS])
def test_what_the_portal_does_is_said_in_german(words: dict[object, str]) -> None:
    assert set(words.values()) <= catalogue("de").keys()
