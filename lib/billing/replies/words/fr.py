"""French, in the polite form."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, str]] = {
    "greeting": "Bonjour,",
    "closing": "Cordialement",
    "between": " ",
    "plan": "votre abonnement {name}",
    "plan_unnamed": "votre abonnement",
    "active": "{Plan} est actif et sera renouvelé le {day}.",
    "active_undated": "{Plan} est actif.",
    "trialing": (
        "{Plan} est en période d’essai jusqu’au {day}. Le premier paiement sera dû à cette date."
    ),
    "winding_down": (
        "{Plan} reste actif jusqu’au {day}. Si vous souhaitez le conserver, vous pouvez le "
        "renouveler à tout moment d’ici là. Ensuite, vous pourrez continuer avec l’offre {default}."
    ),
    "payment_failed": "Le dernier paiement de {plan} n’a pas abouti.",
    "past_due": (
        "{Plan} reste actif jusqu’au {day}, afin de vous laisser le temps de régulariser la "
        "situation."
    ),
    "suspended": (
        "D’ici à la régularisation, vous avez accès à l’offre {default}. Dès que le paiement sera "
        "effectué, {plan} sera de nouveau actif."
    ),
    "paused": (
        "{Plan} est actuellement en pause et vous avez accès à l’offre {default}. Pour le "
        "reprendre, il vous suffit de répondre à ce message."
    ),
    "collection_paused": (
        "Les paiements de {plan} sont actuellement suspendus. Vous pouvez continuer à l’utiliser "
        "normalement."
    ),
    "ended": (
        "{Plan} a pris fin le {day}. Vous pouvez continuer avec l’offre {default} et vous abonner "
        "de nouveau à tout moment."
    ),
    "ended_undated": (
        "{Plan} a pris fin. Vous pouvez continuer avec l’offre {default} et vous abonner de "
        "nouveau à tout moment."
    ),
    "never": (
        "Vous n’avez pas encore d’abonnement chez nous. Vous pouvez utiliser l’offre {default} et "
        "vous abonner à tout moment."
    ),
    "incomplete": (
        "Le premier paiement de {plan} n’a pas été finalisé : il n’a donc pas commencé. Vous "
        "pouvez vous abonner de nouveau à tout moment."
    ),
    "next_attempt": "Nous ferons une nouvelle tentative de paiement le {day}.",
    "please_pay": (
        "Merci de mettre à jour votre moyen de paiement ou de régler la facture en attente."
    ),
    "reason_expired": "La carte a expiré.",
    "reason_funds": "Le solde du compte était insuffisant.",
    "reason_confirm": "Votre banque vous demande de confirmer le paiement.",
    "reason_details": "Les données de la carte n’ont pas été acceptées.",
    "reason_bank_away": "Votre banque n’a pas pu traiter le paiement à ce moment-là.",
    "reason_declined": "Votre banque a refusé le paiement et peut vous en dire plus.",
}

INVOICES: Final[dict[str, str]] = {
    "one": "Une facture de {amount} est en attente de paiement.",
    "other": "{count} factures d’un total de {amount} sont en attente de paiement.",
}
