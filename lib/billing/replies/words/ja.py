"""Japanese, in the polite form."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, str]] = {
    "greeting": "お世話になっております。",
    "closing": "よろしくお願いいたします。",
    "between": "",
    "plan": "{name}プラン",
    "plan_unnamed": "ご契約中のプラン",
    "active": "{Plan}は有効です。次回の更新日は{day}です。",
    "active_undated": "{Plan}は有効です。",
    "trialing": "{Plan}は{day}までトライアル期間中です。同日に初回のお支払いが発生します。",
    "winding_down": (
        "{Plan}は{day}までご利用いただけます。継続をご希望の場合は、それまでにいつでも更新できます。"
        "その後は{default}プランをご利用いただけます。"
    ),
    "payment_failed": "{Plan}の前回のお支払いが完了しませんでした。",
    "past_due": "{Plan}は{day}まで引き続きご利用いただけます。",
    "suspended": (
        "お支払いが完了するまでは{default}プランをご利用いただけます。お支払いの完了後、{plan}を再び"
        "ご利用いただけます。"
    ),
    "paused": (
        "{Plan}は現在一時停止中で、{default}プランをご利用いただけます。再開をご希望の場合は、この"
        "メッセージにご返信ください。"
    ),
    "collection_paused": (
        "{Plan}のお支払いは現在停止されています。引き続き通常どおりご利用いただけます。"
    ),
    "ended": (
        "{Plan}は{day}に終了しました。{default}プランは引き続きご利用いただけます。"
        "また、いつでも再度お申し込みいただけます。"
    ),
    "ended_undated": (
        "{Plan}は終了しました。{default}プランは引き続きご利用いただけます。"
        "また、いつでも再度お申し込みいただけます。"
    ),
    "never": (
        "現在、ご契約中の有料プランはございません。{default}プランをご利用いただけます。"
        "いつでもお申し込みいただけます。"
    ),
    "incomplete": (
        "{Plan}の初回のお支払いが完了していないため、まだ開始されていません。"
        "いつでも再度お申し込みいただけます。"
    ),
    "next_attempt": "{day}に再度お支払いの処理を行います。",
    "please_pay": "お支払い方法を更新いただくか、未払いの請求書のお支払いをお願いいたします。",
    "reason_expired": "カードの有効期限が切れています。",
    "reason_funds": "口座の残高が不足していました。",
    "reason_confirm": "ご利用の銀行がお支払いの確認を求めています。",
    "reason_details": "カード情報が承認されませんでした。",
    "reason_bank_away": "その時点で銀行がお支払いを処理できませんでした。",
    "reason_declined": (
        "銀行によりお支払いが承認されませんでした。詳しくは銀行にお問い合わせください。"
    ),
}

INVOICES: Final[dict[str, str]] = {
    "other": "未払いの請求書が{count}件あります（合計{amount}）。",
}
