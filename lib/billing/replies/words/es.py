"""Spanish, in the polite form."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, str]] = {
    "greeting": "Buenos días:",
    "closing": "Un cordial saludo",
    "between": " ",
    "plan": "su suscripción {name}",
    "plan_unnamed": "su suscripción",
    "active": "{Plan} está activa y se renueva el {day}.",
    "active_undated": "{Plan} está activa.",
    "trialing": (
        "{Plan} está en período de prueba hasta el {day}. En esa fecha se realizará el primer pago."
    ),
    "winding_down": (
        "{Plan} sigue activa hasta el {day}. Si desea conservarla, puede renovarla en cualquier "
        "momento antes de esa fecha. Después podrá seguir usando el plan {default}."
    ),
    "payment_failed": "El último pago de {plan} no se pudo realizar.",
    "past_due": "{Plan} sigue activa hasta el {day}, para que tenga tiempo de resolverlo.",
    "suspended": (
        "Hasta que se resuelva, tiene acceso al plan {default}. En cuanto se realice el pago, "
        "{plan} volverá a estar activa."
    ),
    "paused": (
        "{Plan} está en pausa en este momento y tiene acceso al plan {default}. Para reanudarla, "
        "responda a este mensaje."
    ),
    "collection_paused": (
        "Los pagos de {plan} están suspendidos en este momento. Puede seguir usándola con "
        "normalidad."
    ),
    "ended": (
        "{Plan} terminó el {day}. Puede seguir usando el plan {default} y volver a suscribirse "
        "cuando quiera."
    ),
    "ended_undated": (
        "{Plan} ha terminado. Puede seguir usando el plan {default} y volver a suscribirse cuando "
        "quiera."
    ),
    "never": (
        "Por ahora no tiene ninguna suscripción con nosotros. Puede usar el plan {default} y "
        "suscribirse cuando quiera."
    ),
    "incomplete": (
        "El primer pago de {plan} no se completó, por lo que aún no ha comenzado. Puede volver a "
        "suscribirse cuando quiera."
    ),
    "next_attempt": "Volveremos a intentar el pago el {day}.",
    "please_pay": "Por favor, actualice su método de pago o pague la factura pendiente.",
    "reason_expired": "La tarjeta ha caducado.",
    "reason_funds": "No había saldo suficiente en la cuenta.",
    "reason_confirm": "Su banco le pide que confirme el pago.",
    "reason_details": "Los datos de la tarjeta no fueron aceptados.",
    "reason_bank_away": "Su banco no pudo procesar el pago en ese momento.",
    "reason_declined": "Su banco rechazó el pago y puede darle más información.",
}

INVOICES: Final[dict[str, str]] = {
    "one": "Hay una factura pendiente de {amount}.",
    "other": "Hay {count} facturas pendientes por un total de {amount}.",
}
