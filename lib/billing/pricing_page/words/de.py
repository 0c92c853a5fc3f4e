"""German, in the polite form."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, str]] = {
    "title": "Tarife und Preise",
    "heading": "Wählen Sie Ihren Tarif",
    "period": "Abrechnungszeitraum",
    "currency": "Währung",
    "every_day": "Täglich",
    "every_week": "Wöchentlich",
    "every_month": "Monatlich",
    "every_year": "Jährlich",
    "every_n_day": "Alle {n} Tage",
    "every_n_week": "Alle {n} Wochen",
    "every_n_month": "Alle {n} Monate",
    "every_n_year": "Alle {n} Jahre",
    "per_day": "pro Tag",
    "per_week": "pro Woche",
    "per_month": "pro Monat",
    "per_year": "pro Jahr",
    "per_n_day": "alle {n} Tage",
    "per_n_week": "alle {n} Wochen",
    "per_n_month": "alle {n} Monate",
    "per_n_year": "alle {n} Jahre",
    "saving": "{percent} % sparen",
    "by_use": "Nach Verbrauch",
    "by_use_beside": "zuzüglich Verbrauch",
    "unit_price": "{amount} pro Einheit",
    "at_checkout": "Der Preis steht auf der Zahlungsseite",
    "not_sold": "In diesem Abrechnungszeitraum nicht erhältlich",
    "tax_exclusive": "Alle Preise zuzüglich Steuern.",
    "tax_inclusive": "Alle Preise inklusive Steuern.",
    "choose": "{plan} wählen",
    "change": "Zu {plan} wechseln",
    "current": "Ihr aktueller Tarif",
    "included": "Ohne Abonnement enthalten",
    "you_have": "Sie nutzen {plan}.",
    "secure": "Sie bezahlen auf einer sicheren Seite unseres Zahlungsanbieters.",
    "closed": "Dieser Tarif lässt sich hier gerade nicht wählen. Bitte kontaktieren Sie uns.",
    "closed_link_used": "Öffnen Sie diese Seite erneut aus Ihrem Konto, um einen Tarif zu wählen.",
    "closed_scheduled": "Eine Änderung Ihres Abonnements ist bereits vorgemerkt.",
    "closed_winding_down": (
        "Ihr Abonnement ist gekündigt. Verlängern Sie es zuerst, dann können Sie wechseln."
    ),
    "closed_currency": "Ihr Abonnement wird in einer anderen Währung abgerechnet.",
    "closed_organization": "Ihre Organisation hat bereits ein Abonnement.",
    "table_unknown_title": "Diese Seite gibt es nicht",
    "table_unknown": "Unter dieser Adresse gibt es keine Preise. Bitte prüfen Sie den Link.",
    "plan_unknown_title": "Diesen Tarif gibt es hier nicht",
    "plan_unknown": "Gehen Sie zurück und wählen Sie einen der gezeigten Tarife.",
    "link_invalid_title": "Dieser Link funktioniert nicht",
    "link_invalid": (
        "Er ist unvollständig oder verändert. Öffnen Sie die Preise erneut aus Ihrem Konto."
    ),
    "link_expired_title": "Dieser Link ist abgelaufen",
    "link_expired": "Er galt eine halbe Stunde. Öffnen Sie die Preise erneut aus Ihrem Konto.",
    "link_used_title": "Dieser Link wurde schon benutzt",
    "link_used": (
        "Mit ihm wurde bereits ein Tarif gewählt. Öffnen Sie die Preise erneut aus Ihrem Konto."
    ),
    "already_subscribed_title": "Sie haben bereits ein Abonnement",
    "already_subscribed": (
        "Ein zweites würde zusätzlich berechnet. Wechseln Sie stattdessen Ihren Tarif."
    ),
    "checkout_completed_title": "Sie haben gerade abgeschlossen",
    "checkout_completed": "Ihre Zahlung ist eingegangen; Ihr Tarif erscheint gleich.",
    "rate_limited_title": "Zu viele Versuche",
    "rate_limited": "Bitte warten Sie einige Minuten und versuchen Sie es dann erneut.",
    "elsewhere_title": "Bitte nutzen Sie unsere eigene Seite",
    "elsewhere": (
        "Dies wurde von einer anderen Seite gesendet. Wählen Sie Ihren Tarif auf unserer Seite."
    ),
    "refused_title": "Das geht gerade nicht",
    "refused": "Es wurde nichts geändert und nichts berechnet. Bitte kontaktieren Sie uns.",
    "away_title": "Einen Moment",
    "away": (
        "Das ist gerade nicht möglich. Es wurde nichts berechnet. "
        "Bitte versuchen Sie es gleich noch einmal."
    ),
    "back": "Zurück zu den Tarifen",
}
