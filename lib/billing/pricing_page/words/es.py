"""Spanish, in the polite form."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, str]] = {
    "title": "Planes y precios",
    "heading": "Elija su plan",
    "period": "Período de facturación",
    "currency": "Moneda",
    "every_day": "Diario",
    "every_week": "Semanal",
    "every_month": "Mensual",
    "every_year": "Anual",
    "every_n_day": "Cada {n} días",
    "every_n_week": "Cada {n} semanas",
    "every_n_month": "Cada {n} meses",
    "every_n_year": "Cada {n} años",
    "per_day": "al día",
    "per_week": "a la semana",
    "per_month": "al mes",
    "per_year": "al año",
    "per_n_day": "cada {n} días",
    "per_n_week": "cada {n} semanas",
    "per_n_month": "cada {n} meses",
    "per_n_year": "cada {n} años",
    "saving": "Ahorre un {percent} %",
    "by_use": "Pague por lo que use",
    "by_use_beside": "más lo que use",
    "unit_price": "{amount} por unidad",
    "at_checkout": "El precio se muestra al pagar",
    "not_sold": "No disponible en este período de facturación",
    "tax_exclusive": "Los precios no incluyen impuestos.",
    "tax_inclusive": "Los precios incluyen impuestos.",
    "choose": "Elegir {plan}",
    "change": "Cambiar a {plan}",
    "current": "Su plan actual",
    "included": "Disponible sin suscripción",
    "you_have": "Usted tiene {plan}.",
    "secure": "El pago se realiza en una página segura de nuestro proveedor de pagos.",
    "closed": "Este plan no se puede elegir aquí por el momento. Póngase en contacto con nosotros.",
    "closed_link_used": "Vuelva a abrir esta página desde su cuenta para elegir un plan.",
    "closed_scheduled": "Ya hay un cambio previsto en su suscripción.",
    "closed_winding_down": (
        "Su suscripción está a punto de terminar. Renuévela primero y después cambie de plan."
    ),
    "closed_currency": "Su suscripción se factura en otra moneda.",
    "closed_organization": "Su organización ya tiene una suscripción.",
    "table_unknown_title": "Esta página no existe",
    "table_unknown": "No hay precios en esta dirección. Compruebe el enlace.",
    "plan_unknown_title": "Este plan no se vende aquí",
    "plan_unknown": "Vuelva atrás y elija uno de los planes que se muestran.",
    "link_invalid_title": "Este enlace no funciona",
    "link_invalid": (
        "Está incompleto o ha sido modificado. Vuelva a abrir los precios desde su cuenta."
    ),
    "link_expired_title": "Este enlace ha caducado",
    "link_expired": "Era válido durante media hora. Vuelva a abrir los precios desde su cuenta.",
    "link_used_title": "Este enlace ya se ha utilizado",
    "link_used": "Ya se eligió un plan con él. Vuelva a abrir los precios desde su cuenta.",
    "already_subscribed_title": "Ya tiene una suscripción",
    "already_subscribed": "Una segunda se cobraría además. Cambie de plan en su lugar.",
    "checkout_completed_title": "Acaba de suscribirse",
    "checkout_completed": "Hemos recibido su pago y su plan aparecerá en un momento.",
    "rate_limited_title": "Demasiados intentos",
    "rate_limited": "Espere unos minutos e inténtelo de nuevo.",
    "elsewhere_title": "Utilice nuestra propia página",
    "elsewhere": "Esto se ha enviado desde otro sitio. Elija su plan en nuestra propia página.",
    "refused_title": "Ahora no es posible",
    "refused": "No se ha cambiado ni cobrado nada. Póngase en contacto con nosotros.",
    "away_title": "Un momento",
    "away": (
        "No es posible en este momento. No se ha cobrado nada. "
        "Inténtelo de nuevo dentro de un momento."
    ),
    "back": "Volver a los planes",
}
