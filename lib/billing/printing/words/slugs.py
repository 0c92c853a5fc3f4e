"""What Stripe's and our own stable ids are called on paper."""

from __future__ import annotations

from typing import Final

SLUGS: Final = {
    "en": {
        # access rules and statuses
        "no_subscription": "No subscription",
        "past_due_in_grace": "Past due, in grace",
        "past_due_expired": "Past due, grace over",
        # why subscriptions end
        "cancellation_requested": "Asked for it",
    },
    "de": {
        # access rules and statuses
        "no_subscription": "Kein Abonnement",
        "active": "Aktiv",
        "trialing": "In Testphase",
        "winding_down": "Läuft aus",
        "past_due": "Überfällig",
        "past_due_in_grace": "Überfällig, in Karenz",
        "past_due_expired": "Überfällig, Karenz vorbei",
        "collection_paused": "Einzug pausiert",
        "plan_unresolved": "Tarif ungeklärt",
        "unpaid": "Unbezahlt",
        "paused": "Pausiert",
        "canceled": "Beendet",
        "incomplete": "Unvollständig",
        "incomplete_expired": "Nie bezahlt",
        # why subscriptions end
        "cancellation_requested": "Auf Wunsch",
        "payment_failed": "Zahlung fehlgeschlagen",
        "payment_disputed": "Zahlung angefochten",
        "too_expensive": "Zu teuer",
        "missing_features": "Fehlende Funktionen",
        "switched_service": "Anbieter gewechselt",
        "unused": "Nicht genutzt",
        "customer_service": "Kundenservice",
        "too_complex": "Zu kompliziert",
        "low_quality": "Mangelnde Qualität",
        "other": "Sonstiges",
    },
}
"""Language -> id -> what it is called where its own letters do not say it."""

EVERY: Final = {
    "en": {
        "day": ("Daily", "Every {count} days"),
        "week": ("Weekly", "Every {count} weeks"),
        "month": ("Monthly", "Every {count} months"),
        "year": ("Yearly", "Every {count} years"),
    },
    "de": {
        "day": ("Täglich", "Alle {count} Tage"),
        "week": ("Wöchentlich", "Alle {count} Wochen"),
        "month": ("Monatlich", "Alle {count} Monate"),
        "year": ("Jährlich", "Alle {count} Jahre"),
    },
}
"""Language -> interval -> (each, each so many)."""


def called(slug: str, language: str) -> str:
    """``past_due`` -> Past due, Überfällig."""
    return SLUGS[language].get(slug) or slug.replace("_", " ").capitalize()


def every(interval: str | None, count: int | None, language: str) -> str:
    """``Monthly``, ``Alle 3 Monate``; nothing where the interval is not known."""
    found = EVERY[language].get(interval or "")
    if found is None:
        return ""
    return found[0] if count in (None, 1) else found[1].format(count=count)
