"""What to do about a declined payment, in words, and which declines are never tried again."""

from __future__ import annotations

import pytest

from lib.billing.domain.declines import NEVER_RETRIED, SENSITIVE, advice, suggested_flow

DEFINED = (
    "incorrect_number lost_card pickup_card stolen_card revocation_of_authorization "
    "revocation_of_all_authorizations authentication_required highest_risk_level "
    "transaction_not_allowed"
)

WORDS = {
    None: "Offer both",
    "lost_card": "do not say why",
    "fraudulent": "do not say why",
    "authentication_required": "confirm the payment with the bank",
    "insufficient_funds": "The card itself is good",
    "expired_card": "takes another payment method",
    "a_code_of_next_year": "takes another payment method",
}


def test_the_declines_that_are_never_retried_are_the_defined_ones() -> None:
    assert frozenset(DEFINED.split()) == NEVER_RETRIED


@pytest.mark.parametrize(("code", "words"), WORDS.items(), ids=str)
def test_a_decline_is_answered_in_words(code: str | None, words: str) -> None:
    assert words in advice(code, final=False)


@pytest.mark.parametrize("code", sorted(SENSITIVE))
def test_no_advice_gives_a_sensitive_reason_away(code: str) -> None:
    told = advice(code, final=True)
    assert "do not say why" in told
    assert code.split("_", maxsplit=1)[0] not in told.lower()


@pytest.mark.parametrize("code", [None, "expired_card", "authentication_required"])
def test_after_the_final_attempt_it_says_that_nothing_happens_by_itself(code: str | None) -> None:
    assert advice(code, final=True).startswith(advice(code, final=False))
    assert advice(code, final=True).endswith("Stripe will not try again by itself.")


@pytest.mark.parametrize("code", [code for code in WORDS if code and code not in SENSITIVE])
def test_the_words_send_where_the_suggested_link_leads(code: str) -> None:
    leads = {"pay_invoice": "invoice's page", "payment_method_update": "another payment method"}
    assert leads[suggested_flow(code)] in advice(code, final=False)
