"""English."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, str]] = {
    "greeting": "Hello,",
    "closing": "Kind regards",
    "between": " ",
    "plan": "your {name} plan",
    "plan_unnamed": "your subscription",
    "active": "{Plan} is active and renews on {day}.",
    "active_undated": "{Plan} is active.",
    "trialing": "{Plan} is on trial until {day}. The first payment is due then.",
    "winding_down": (
        "{Plan} stays active until {day}. If you would like to keep it, you can renew it at any "
        "time before then. After that, you can go on using the {default} plan."
    ),
    "payment_failed": "The last payment for {plan} did not go through.",
    "past_due": "{Plan} stays active until {day}, so that you have time to settle it.",
    "suspended": (
        "Until it is settled, you have access to the {default} plan. Once the payment has been "
        "made, {plan} is active again."
    ),
    "paused": (
        "{Plan} is paused at the moment, and you have access to the {default} plan. To resume it, "
        "please reply to this message."
    ),
    "collection_paused": (
        "Payments for {plan} are paused at the moment. You can go on using it as usual."
    ),
    "ended": (
        "{Plan} ended on {day}. You can go on using the {default} plan, and you are welcome to "
        "subscribe again at any time."
    ),
    "ended_undated": (
        "{Plan} has ended. You can go on using the {default} plan, and you are welcome to "
        "subscribe again at any time."
    ),
    "never": (
        "You do not have a subscription with us so far. You can use the {default} plan, and "
        "subscribe at any time."
    ),
    "incomplete": (
        "The first payment for {plan} was not completed, so it has not started. You can subscribe "
        "again at any time."
    ),
    "next_attempt": "We will try the payment again on {day}.",
    "please_pay": "Please update your payment method or pay the open invoice.",
    "reason_expired": "The card has expired.",
    "reason_funds": "There was not enough money in the account.",
    "reason_confirm": "Your bank asks you to confirm the payment.",
    "reason_details": "The card details were not accepted.",
    "reason_bank_away": "Your bank could not process the payment at that moment.",
    "reason_declined": "Your bank declined the payment and can tell you more about it.",
}

INVOICES: Final[dict[str, str]] = {
    "one": "One invoice for {amount} is open.",
    "other": "{count} invoices for a total of {amount} are open.",
}
