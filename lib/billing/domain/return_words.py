"""What the return page says, in the customer's language."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from .catalog import Catalog
from .grants import Access
from .times import MONTHS, zone

LANGUAGES: Final = ("en", "de")

_MONATE: Final = (
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
)

TEXTS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "neutral_title": "You are back",
        "neutral": "If you have changed something, it shows in your account within a few moments. "
        "You can close this page.",
        "away_title": "One moment",
        "away": "We cannot look right now. Nothing of what you did is lost: it shows in your "
        "account as soon as it has arrived.",
        "waiting_title": "Nothing has changed yet",
        "waiting_plan": "We are waiting for the payment provider to confirm your plan.",
        "waiting_card": "We are waiting for the payment provider to confirm your payment method.",
        "waiting_any": "We are waiting for the payment provider's confirmation.",
        "waiting_more": "This page looks again by itself. If you have changed nothing, there is "
        "nothing to wait for.",
        "still_title": "Nothing has changed",
        "still": "No change has arrived within two minutes. If you have changed something, it will "
        "still take effect.",
        "again": "Look again",
        "done_title": "Your change has arrived",
        "plan": "Your plan has been updated.",
        "card": "Your payment method has been updated.",
        "invoice": "Your invoices have been updated.",
        "details": "Your details have been updated.",
        "close": "You can close this page.",
        "standing": "Where you stand",
    },
    "de": {
        "neutral_title": "Sie sind zurück",
        "neutral": "Falls Sie etwas geändert haben, zeigt es sich gleich in Ihrem Konto. "
        "Sie können diese Seite schließen.",
        "away_title": "Einen Moment",
        "away": "Wir können gerade nicht nachsehen. Nichts von dem, was Sie getan haben, ist "
        "verloren: Es zeigt sich in Ihrem Konto, sobald es eingetroffen ist.",
        "waiting_title": "Noch hat sich nichts geändert",
        "waiting_plan": "Wir warten darauf, dass der Zahlungsanbieter Ihren Tarif bestätigt.",
        "waiting_card": "Wir warten darauf, dass der Zahlungsanbieter Ihre Zahlungsart bestätigt.",
        "waiting_any": "Wir warten auf die Bestätigung des Zahlungsanbieters.",
        "waiting_more": "Diese Seite sieht von selbst wieder nach. Falls Sie nichts geändert "
        "haben, gibt es nichts abzuwarten.",
        "still_title": "Es hat sich nichts geändert",
        "still": "Innerhalb von zwei Minuten ist keine Änderung eingetroffen. Falls Sie etwas "
        "geändert haben, wird es noch wirksam.",
        "again": "Noch einmal nachsehen",
        "done_title": "Ihre Änderung ist eingetroffen",
        "plan": "Ihr Tarif wurde aktualisiert.",
        "card": "Ihre Zahlungsart wurde aktualisiert.",
        "invoice": "Ihre Rechnungen wurden aktualisiert.",
        "details": "Ihre Angaben wurden aktualisiert.",
        "close": "Sie können diese Seite schließen.",
        "standing": "Ihr Stand",
    },
}

_STANDING: Final[dict[str, dict[str, str]]] = {
    "en": {
        "active": "Your {plan} plan is active and renews on {end}.",
        "active_open": "Your {plan} plan is active.",
        "trialing": "Your trial of {plan} runs until {end}.",
        "winding_down": "Your {plan} plan stays active until {end} and then ends.",
        "past_due": "A payment for your {plan} plan is outstanding; it stays active until {end}.",
        "none": "You are on {plan}; no paid plan is active.",
        "scheduled": "A change of plan is planned for later.",
    },
    "de": {
        "active": "Ihr Tarif {plan} ist aktiv und verlängert sich am {end}.",
        "active_open": "Ihr Tarif {plan} ist aktiv.",
        "trialing": "Ihr Probezeitraum für {plan} läuft bis zum {end}.",
        "winding_down": "Ihr Tarif {plan} bleibt bis zum {end} aktiv und endet dann.",
        "past_due": "Für Ihren Tarif {plan} ist eine Zahlung offen; er bleibt bis zum {end} aktiv.",
        "none": "Sie nutzen {plan}; kein bezahlter Tarif ist aktiv.",
        "scheduled": "Eine Änderung des Tarifs ist für später vorgemerkt.",
    },
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What one sentence about a plan needs."""

    access: Access
    scheduled: bool


def language(accepted: str | None, known: Collection[str] = LANGUAGES) -> str:
    """The best of ``known`` for an ``Accept-Language`` header; English when it names none."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate((accepted or "")[:500].replace(" ", "").split(",")):
        tag, _, weight = part.partition(";q=")
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        name = tag.lower().partition("-")[0]
        if name in known and quality > 0:
            ranked.append((-quality, place, name))
    return min(ranked)[2] if ranked else LANGUAGES[0]


def standing(found: Standing, catalog: Catalog, timezone: str, lang: str) -> str:
    """Where the customer stands, in one or two sentences."""
    access, words = found.access, _STANDING[lang]
    plan = catalog.plan(access.plan).name
    end = access.access_until or access.current_period_end
    rule = access.rule.removesuffix("_in_grace")
    if not access.access:
        said = words["none"].format(plan=plan)
    elif end is None or rule not in words:
        said = words["active_open"].format(plan=plan)
    else:
        said = words[rule].format(plan=plan, end=day(end, timezone, lang))
    return f"{said} {words['scheduled']}" if found.scheduled and access.access else said


def day(second: int, timezone: str, lang: str) -> str:
    """``14 August 2026``, ``14. August 2026``."""
    date = datetime.fromtimestamp(second, UTC).astimezone(zone(timezone))
    if lang == "de":
        return f"{date.day}. {_MONATE[date.month - 1]} {date.year}"
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"
