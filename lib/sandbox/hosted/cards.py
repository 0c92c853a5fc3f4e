"""Card entry: Stripe's published test numbers, and the checks Stripe's form makes at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

from lib.sandbox.errors import SandboxError


class SampleCard(NamedTuple):
    """A published number and what it does."""

    number: str
    outcome: str


TEST_CARDS = (
    SampleCard("4242 4242 4242 4242", "Succeeds"),
    SampleCard("5555 5555 5555 4444", "Succeeds (Mastercard)"),
    SampleCard("4000 0000 0000 0341", "Can be saved, then every charge is declined"),
    SampleCard("4000 0000 0000 9995", "Declined: insufficient funds"),
    SampleCard("4000 0000 0000 0002", "Declined: generic decline"),
    SampleCard("4000 0000 0000 9987", "Declined: lost card"),
    SampleCard("4000 0000 0000 9979", "Declined: stolen card"),
    SampleCard("4000 0000 0000 0069", "Declined: expired card"),
    SampleCard("4000 0000 0000 0127", "Declined: incorrect CVC"),
    SampleCard("4000 0000 0000 0119", "Declined: processing error"),
    SampleCard("4000 0027 6000 3184", "Needs authentication on every charge"),
)


class CardEntry(NamedTuple):
    """A card that passed the form's checks."""

    number: str
    exp_month: int
    exp_year: int
    cvc: str


def read_card(form: dict[str, str], now: int) -> CardEntry:
    """The card in ``form``; raises SandboxError (402, card_error) with Stripe's message."""
    number = re.sub(r"[ -]", "", form.get("card_number", ""))
    if not re.fullmatch(r"\d{12,19}", number):
        raise _refused("Your card number is incomplete.", "incomplete_number", "number")
    if not passes_luhn(number):
        raise _refused("Your card number is invalid.", "invalid_number", "number")
    expiry = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(?:20)?(\d{2})\s*", form.get("card_expiry", ""))
    if expiry is None:
        raise _refused("Your card's expiration date is incomplete.", "incomplete_expiry", "exp")
    month, year = int(expiry[1]), 2000 + int(expiry[2])
    if not 1 <= month <= 12:
        raise _refused(
            "Your card's expiration month is invalid.", "invalid_expiry_month", "exp_month"
        )
    today = datetime.fromtimestamp(now, UTC)
    if (year, month) < (today.year, today.month):
        raise _refused(
            "Your card's expiration date is in the past.", "invalid_expiry_year", "exp_year"
        )
    cvc = form.get("card_cvc", "").strip()
    if not re.fullmatch(r"\d{3,4}", cvc):
        raise _refused("Your card's security code is incomplete.", "incomplete_cvc", "cvc")
    return CardEntry(number, month, year, cvc)


def passes_luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _refused(message: str, code: str, param: str) -> SandboxError:
    return SandboxError(message, status=402, type="card_error", code=code, param=param)
