"""French, in the polite form."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, str]] = {
    "title": "Offres et tarifs",
    "heading": "Choisissez votre offre",
    "period": "Période de facturation",
    "currency": "Devise",
    "every_day": "Par jour",
    "every_week": "Par semaine",
    "every_month": "Mensuel",
    "every_year": "Annuel",
    "every_n_day": "Tous les {n} jours",
    "every_n_week": "Toutes les {n} semaines",
    "every_n_month": "Tous les {n} mois",
    "every_n_year": "Tous les {n} ans",
    "per_day": "par jour",
    "per_week": "par semaine",
    "per_month": "par mois",
    "per_year": "par an",
    "per_n_day": "tous les {n} jours",
    "per_n_week": "toutes les {n} semaines",
    "per_n_month": "tous les {n} mois",
    "per_n_year": "tous les {n} ans",
    "saving": "Économisez {percent} %",
    "by_use": "Selon votre consommation",
    "by_use_beside": "plus votre consommation",
    "unit_price": "{amount} par unité",
    "at_checkout": "Prix indiqué au moment du paiement",
    "not_sold": "Indisponible pour cette période de facturation",
    "tax_exclusive": "Prix hors taxes.",
    "tax_inclusive": "Prix toutes taxes comprises.",
    "choose": "Choisir {plan}",
    "change": "Passer à {plan}",
    "current": "Votre offre actuelle",
    "included": "Disponible sans abonnement",
    "you_have": "Vous utilisez {plan}.",
    "secure": "Vous payez sur une page sécurisée de notre prestataire de paiement.",
    "closed": "Cette offre ne peut pas être choisie ici pour le moment. Veuillez nous contacter.",
    "closed_link_used": "Rouvrez cette page depuis votre compte pour choisir une offre.",
    "closed_scheduled": "Une modification de votre abonnement est déjà prévue.",
    "closed_winding_down": (
        "Votre abonnement doit prendre fin. Renouvelez-le d’abord, puis changez d’offre."
    ),
    "closed_currency": "Votre abonnement est facturé dans une autre devise.",
    "closed_organization": "Votre organisation a déjà un abonnement.",
    "table_unknown_title": "Cette page n’existe pas",
    "table_unknown": "Il n’y a pas de tarifs à cette adresse. Vérifiez le lien.",
    "plan_unknown_title": "Cette offre n’est pas proposée ici",
    "plan_unknown": "Revenez en arrière et choisissez l’une des offres affichées.",
    "link_invalid_title": "Ce lien ne fonctionne pas",
    "link_invalid": "Il est incomplet ou a été modifié. Rouvrez les tarifs depuis votre compte.",
    "link_expired_title": "Ce lien a expiré",
    "link_expired": "Il était valable une demi-heure. Rouvrez les tarifs depuis votre compte.",
    "link_used_title": "Ce lien a déjà été utilisé",
    "link_used": (
        "Une offre a déjà été choisie avec ce lien. Rouvrez les tarifs depuis votre compte."
    ),
    "already_subscribed_title": "Vous avez déjà un abonnement",
    "already_subscribed": "Un second serait facturé en plus. Changez plutôt d’offre.",
    "checkout_completed_title": "Vous venez de vous abonner",
    "checkout_completed": (
        "Votre paiement est arrivé et votre offre s’affichera dans quelques instants."
    ),
    "rate_limited_title": "Trop de tentatives",
    "rate_limited": "Veuillez patienter quelques minutes, puis réessayer.",
    "elsewhere_title": "Veuillez utiliser notre propre page",
    "elsewhere": (
        "Cette demande vient d’un autre site. Choisissez votre offre sur notre propre page."
    ),
    "refused_title": "Impossible pour le moment",
    "refused": "Rien n’a été modifié ni facturé. Veuillez nous contacter.",
    "away_title": "Un instant",
    "away": (
        "Ce n’est pas possible pour le moment. Rien n’a été facturé. "
        "Veuillez réessayer dans quelques instants."
    ),
    "back": "Revenir aux offres",
}
