"""Japanese, in the polite form."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, str]] = {
    "title": "プランと料金",
    "heading": "プランをお選びください",
    "period": "お支払い期間",
    "currency": "通貨",
    "every_day": "日払い",
    "every_week": "週払い",
    "every_month": "月払い",
    "every_year": "年払い",
    "every_n_day": "{n}日ごと",
    "every_n_week": "{n}週間ごと",
    "every_n_month": "{n}か月ごと",
    "every_n_year": "{n}年ごと",
    "per_day": "1日あたり",
    "per_week": "1週間あたり",
    "per_month": "1か月あたり",
    "per_year": "1年あたり",
    "per_n_day": "{n}日ごと",
    "per_n_week": "{n}週間ごと",
    "per_n_month": "{n}か月ごと",
    "per_n_year": "{n}年ごと",
    "saving": "{percent}%お得",
    "by_use": "ご利用分のお支払い",
    "by_use_beside": "別途ご利用分",
    "unit_price": "1単位あたり{amount}",
    "at_checkout": "料金はお支払い画面に表示されます",
    "not_sold": "このお支払い期間ではご利用いただけません",
    "tax_exclusive": "料金は税抜きです。",
    "tax_inclusive": "料金は税込みです。",
    "choose": "{plan}を選ぶ",
    "change": "{plan}に変更する",
    "current": "現在のプラン",
    "included": "ご契約なしでご利用いただけます",
    "you_have": "現在{plan}をご利用中です。",
    "secure": "お支払いは、決済サービスの安全な画面で行われます。",
    "closed": "現在、このプランはここではお選びいただけません。お問い合わせください。",
    "closed_link_used": "プランを選ぶには、アカウントからこのページをもう一度開いてください。",
    "closed_scheduled": "ご契約の変更がすでに予定されています。",
    "closed_winding_down": (
        "ご契約は終了する予定です。先に更新してから、プランを変更してください。"
    ),
    "closed_currency": "ご契約は別の通貨で請求されています。",
    "closed_organization": "お客様の組織はすでにご契約中です。",
    "table_unknown_title": "このページは存在しません",
    "table_unknown": "このアドレスには料金表がありません。リンクをご確認ください。",
    "plan_unknown_title": "このプランはここではお選びいただけません",
    "plan_unknown": "前のページに戻り、表示されているプランからお選びください。",
    "link_invalid_title": "このリンクはご利用いただけません",
    "link_invalid": (
        "リンクが不完全か、変更されています。アカウントから料金表をもう一度開いてください。"
    ),
    "link_expired_title": "このリンクは有効期限が切れています",
    "link_expired": ("リンクの有効期間は30分です。アカウントから料金表をもう一度開いてください。"),
    "link_used_title": "このリンクはすでに使用されています",
    "link_used": (
        "このリンクでプランがすでに選ばれています。アカウントから料金表をもう一度開いてください。"
    ),
    "already_subscribed_title": "すでにご契約中です",
    "already_subscribed": (
        "新たにご契約されると、料金が二重に発生します。プランの変更をご利用ください。"
    ),
    "checkout_completed_title": "お申し込みが完了しました",
    "checkout_completed": "お支払いを確認しました。まもなくプランが表示されます。",
    "rate_limited_title": "試行回数が多すぎます",
    "rate_limited": "数分お待ちいただいてから、もう一度お試しください。",
    "elsewhere_title": "当社のページをご利用ください",
    "elsewhere": "別のサイトから送信されました。当社のページでプランをお選びください。",
    "refused_title": "現在この操作はできません",
    "refused": "変更も請求も行われていません。お問い合わせください。",
    "away_title": "少々お待ちください",
    "away": (
        "現在この操作を行えません。請求は発生していません。しばらくしてからもう一度お試しください。"
    ),
    "back": "プラン一覧に戻る",
}
