"""Portuguese, worded so that it reads well on both sides of the Atlantic."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, str]] = {
    "greeting": "Olá,",
    "closing": "Atenciosamente",
    "between": " ",
    "plan": "a sua assinatura {name}",
    "plan_unnamed": "a sua assinatura",
    "active": "{Plan} está ativa e será renovada em {day}.",
    "active_undated": "{Plan} está ativa.",
    "trialing": (
        "{Plan} está em período de teste até {day}. O primeiro pagamento será feito nessa data."
    ),
    "winding_down": (
        "{Plan} continua ativa até {day}. Se quiser mantê-la, pode renová-la a qualquer momento "
        "até essa data. Depois, poderá continuar a usar o plano {default}."
    ),
    "payment_failed": (
        "O último pagamento não foi concluído: {plan} está com um pagamento em atraso."
    ),
    "past_due": "{Plan} continua ativa até {day}, para que tenha tempo de regularizar a situação.",
    "suspended": (
        "Até a situação ser regularizada, terá acesso ao plano {default}. Assim que o pagamento "
        "for feito, {plan} voltará a ficar ativa."
    ),
    "paused": (
        "{Plan} está em pausa neste momento e terá acesso ao plano {default}. Para retomá-la, "
        "basta responder a esta mensagem."
    ),
    "collection_paused": (
        "Neste momento, {plan} está com os pagamentos suspensos. Pode continuar a usá-la "
        "normalmente."
    ),
    "ended": (
        "{Plan} terminou em {day}. Pode continuar a usar o plano {default} e voltar a assinar "
        "quando quiser."
    ),
    "ended_undated": (
        "{Plan} terminou. Pode continuar a usar o plano {default} e voltar a assinar quando quiser."
    ),
    "never": (
        "Por enquanto, ainda não tem uma assinatura. Pode usar o plano {default} e assinar quando "
        "quiser."
    ),
    "incomplete": (
        "O primeiro pagamento não foi concluído, por isso {plan} ainda não começou. Pode voltar a "
        "assinar quando quiser."
    ),
    "next_attempt": "Tentaremos fazer o pagamento novamente em {day}.",
    "please_pay": "Por favor, atualize o seu método de pagamento ou pague a fatura em aberto.",
    "reason_expired": "O cartão expirou.",
    "reason_funds": "Não havia saldo suficiente na conta.",
    "reason_confirm": "O seu banco pede que confirme o pagamento.",
    "reason_details": "Não foi possível validar os dados do cartão.",
    "reason_bank_away": "O seu banco não conseguiu processar o pagamento nesse momento.",
    "reason_declined": "O seu banco recusou o pagamento e pode dar mais informações.",
}

INVOICES: Final[dict[str, str]] = {
    "one": "Há uma fatura em aberto no valor de {amount}.",
    "other": "Há {count} faturas em aberto no valor total de {amount}.",
}
