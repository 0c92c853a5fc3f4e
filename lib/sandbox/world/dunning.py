"""Cards that fail, in every stage of collection, and what the account does in the end."""

from __future__ import annotations

from lib.sandbox.world.calendar import DAY, HOUR, anchor_for
from lib.sandbox.world.company import Company
from lib.sandbox.world.names import Identity

DECLINES: dict[str, str] = {
    "insufficient_funds": "4000000000009995",
    "generic_decline": "4000000000000002",
    "expired_card": "4000000000000069",
    "incorrect_cvc": "4000000000000127",
    "processing_error": "4000000000000119",
    "lost_card": "4000000000009987",
    "stolen_card": "4000000000009979",
    "authentication_required": "4000002760003184",
    "fraudulent": "4100000000000019",
}
SAVED_BUT_DECLINED = "4000000000000341"
_PRICES = ("starter_monthly", "pro_monthly", "business_monthly", "starter_monthly_eur")


def fails(company: Company, who: Identity, *, card: str, due: int) -> None:
    """A subscription whose renewal at `due` meets a bad card; nobody has mended it since."""
    start = anchor_for(due, company.random.randint(2, 12))
    price = company.random.choice(_PRICES)

    def begin() -> None:
        customer = company.sign_up(who)
        company.subscribe(customer, price)
        company.later(
            due - company.random.randint(2, 9) * DAY, company.replace_card, customer, card
        )

    company.later(start, begin)


def just_failed(company: Company, who: Identity, card: str) -> None:
    """First attempt failed within the last three days."""
    due = company.now - company.random.randint(2 * HOUR, 70 * HOUR)
    fails(company, who, card=card, due=due)


def failed_twice(company: Company, who: Identity, card: str) -> None:
    """One retry has failed, others follow."""
    fails(company, who, card=card, due=company.now - company.random.randint(80, 180) * HOUR)


def before_last_retry(company: Company, who: Identity, card: str) -> None:
    """Two retries have failed; the last one is near."""
    fails(company, who, card=card, due=company.now - company.random.randint(9 * 24, 14 * 24) * HOUR)


def given_up(company: Company, who: Identity, card: str, outcome: str) -> None:
    """All retries have failed, and the account setting of that day decided `outcome`."""
    days = (
        company.random.randint(17, 40) if outcome == "past_due" else company.random.randint(40, 150)
    )
    due = company.now - days * DAY
    fails(company, who, card=card, due=due)
    last = due + company.sandbox.settings.draft_seconds + sum(company.sandbox.settings.retry_after)
    company.later(last - 60, _after_retries, company, outcome)
    company.later(last + 60, _after_retries, company, "cancel")


def _after_retries(company: Company, outcome: str) -> None:
    # The account setting is global and changes now and then; here it does so for two minutes.
    company.sandbox.settings.after_retries = outcome  # type: ignore[assignment]


def recovered(company: Company, who: Identity, card: str) -> None:
    """Failed some days ago and paid since, with a new card."""
    due = company.now - company.random.randint(6, 26) * DAY
    start = anchor_for(due, company.random.randint(2, 12))

    def begin() -> None:
        customer = company.sign_up(who)
        company.subscribe(customer, company.random.choice(_PRICES))
        company.later(due - 3 * DAY, company.replace_card, customer, card)
        company.later(due + company.random.randint(1, 5) * DAY, company.mend_card, customer)

    company.later(start, begin)
