"""German, in the polite form."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, str]] = {
    "greeting": "Guten Tag,",
    "closing": "Freundliche Grüße",
    "between": " ",
    "plan": "Ihr Abonnement „{name}“",
    "plan_unnamed": "Ihr Abonnement",
    "active": "{Plan} ist aktiv und verlängert sich am {day}.",
    "active_undated": "{Plan} ist aktiv.",
    "trialing": (
        "{Plan} läuft bis zum {day} als Testphase. An diesem Tag wird die erste Zahlung fällig."
    ),
    "winding_down": (
        "{Plan} bleibt bis zum {day} aktiv. Wenn Sie es behalten möchten, können Sie es bis dahin "
        "jederzeit verlängern. Danach können Sie den Tarif „{default}“ weiter nutzen."
    ),
    "payment_failed": "Die letzte Zahlung für {plan} ist fehlgeschlagen.",
    "past_due": "{Plan} bleibt bis zum {day} aktiv, damit Sie Zeit haben, dies zu klären.",
    "suspended": (
        "Bis zur Klärung steht Ihnen der Tarif „{default}“ zur Verfügung. Sobald die Zahlung "
        "eingegangen ist, ist {plan} wieder aktiv."
    ),
    "paused": (
        "{Plan} ist zurzeit pausiert, und Ihnen steht der Tarif „{default}“ zur Verfügung. Wenn "
        "Sie es fortsetzen möchten, antworten Sie bitte auf diese Nachricht."
    ),
    "collection_paused": (
        "Die Zahlungen für {plan} sind zurzeit ausgesetzt. Sie können es wie gewohnt nutzen."
    ),
    "ended": (
        "{Plan} endete am {day}. Sie können den Tarif „{default}“ weiter nutzen und jederzeit "
        "wieder ein Abonnement abschließen."
    ),
    "ended_undated": (
        "{Plan} ist beendet. Sie können den Tarif „{default}“ weiter nutzen und jederzeit wieder "
        "ein Abonnement abschließen."
    ),
    "never": (
        "Bisher haben Sie kein Abonnement bei uns. Sie können den Tarif „{default}“ nutzen und "
        "jederzeit ein Abonnement abschließen."
    ),
    "incomplete": (
        "Die erste Zahlung für {plan} wurde nicht abgeschlossen, daher hat es noch nicht begonnen. "
        "Sie können es jederzeit neu abschließen."
    ),
    "next_attempt": "Wir versuchen die Zahlung am {day} erneut.",
    "please_pay": (
        "Bitte aktualisieren Sie Ihre Zahlungsmethode oder bezahlen Sie die offene Rechnung."
    ),
    "reason_expired": "Die Karte ist abgelaufen.",
    "reason_funds": "Das Konto war nicht ausreichend gedeckt.",
    "reason_confirm": "Ihre Bank bittet Sie, die Zahlung zu bestätigen.",
    "reason_details": "Die Kartendaten wurden nicht akzeptiert.",
    "reason_bank_away": "Ihre Bank konnte die Zahlung in diesem Moment nicht verarbeiten.",
    "reason_declined": "Ihre Bank hat die Zahlung abgelehnt und kann Ihnen mehr dazu sagen.",
}

INVOICES: Final[dict[str, str]] = {
    "one": "Eine Rechnung über {amount} ist offen.",
    "other": "{count} Rechnungen über insgesamt {amount} sind offen.",
}
