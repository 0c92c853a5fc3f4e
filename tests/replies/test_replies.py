"""What customers read: every situation in every language, days, amounts and plurals as it says
them, and nothing that helps a thief."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from lib.billing.domain.times import parse_iso
from lib.billing.replies import spelling
from lib.billing.replies.reply import compose
from lib.billing.replies.situation import Situation
from lib.billing.replies.words import INVOICES, LANGUAGES, WORDS

DAY = parse_iso("2026-08-14T10:00")
NEXT = parse_iso("2026-08-03T10:00")

SITUATIONS = {
    "active": Situation("active", "Free", "Pro", DAY),
    "active without a date": Situation("active", "Free", "Pro"),
    "a plan outside the catalogue": Situation("active", "Free", None, DAY),
    "trialing": Situation("trialing", "Free", "Pro", DAY),
    "winding down": Situation("winding_down", "Free", "Pro", DAY),
    "past due, with a reason": Situation(
        "past_due", "Free", "Pro", DAY, "expired", NEXT, 1, {"usd": 2900}
    ),
    "past due, nobody says why": Situation("past_due", "Free", "Pro", DAY, open_invoices=1),
    "suspended": Situation("suspended", "Free", "Pro", None, "funds", None, 2, {"usd": 5800}),
    "paused": Situation("paused", "Free", "Pro"),
    "collection paused": Situation("collection_paused", "Free", "Pro"),
    "ended": Situation("ended", "Free", "Pro", DAY),
    "ended on an unknown day": Situation("ended", "Free", "Pro"),
    "never completed": Situation("incomplete", "Free", "Pro"),
    "never subscribed": Situation("never", "Free"),
    "open invoices in two currencies": Situation(
        "active", "Free", "Pro", DAY, open_invoices=3, open_minor={"eur": 900, "jpy": 1500}
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS.keys())
def test_every_situation_is_said_in_every_language(situation: Situation, language: str) -> None:
    reply = compose(situation, language, "UTC")
    greeting, body, closing = reply.text.split("\n\n")
    words, english = WORDS[language], WORDS["en"]
    assert (reply.language, greeting, closing) == (language, words["greeting"], words["closing"])
    assert not re.search(r"[{}]|None|  |\bFalse\b", body)
    assert "Pro" in body or situation.plan is None
    if situation.day is not None:
        assert spelling.day(DAY, "UTC", spelling.locale_of(language)) in body
    if situation.reason:
        assert words[f"reason_{situation.reason}"] in body
    assert body[0] == body[0].upper()
    if language != "en":
        assert not any(sentence in body for sentence in english.values() if len(sentence) > 12)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_lacks_a_sentence_or_a_word_of_it(language: str) -> None:
    def holes(text: str) -> set[str]:
        return {name.lower() for _, name, _, _ in Formatter().parse(text) if name}

    assert WORDS[language].keys() == WORDS["en"].keys()
    for key, sentence in WORDS[language].items():
        assert holes(sentence) == holes(WORDS["en"][key]), key
        assert sentence or key == "between"
    categories = {spelling.plural(n, spelling.locale_of(language)) for n in range(1, 200)}
    assert categories <= set(INVOICES[language]) | {"other"}
    assert holes(INVOICES[language]["other"]) == {"count", "amount"}


SAID = {
    "en": (
        "Your Pro plan stays active until 14 August 2026. If you would like to keep it, you can "
        "renew it at any time before then. After that, you can go on using the Free plan."
    ),
    "de": (
        "Ihr Abonnement „Pro“ bleibt bis zum 14. August 2026 aktiv. Wenn Sie es behalten möchten, "
        "können Sie es bis dahin jederzeit verlängern. Danach können Sie den Tarif „Free“ weiter "
        "nutzen."
    ),
    "fr": (
        "Votre abonnement Pro reste actif jusqu’au 14 août 2026. Si vous souhaitez le conserver, "
        "vous pouvez le renouveler à tout moment d’ici là. Ensuite, vous pourrez continuer avec "
        "l’offre Free."
    ),
    "es": (
        "Su suscripción Pro sigue activa hasta el 14 de agosto de 2026. Si desea conservarla, "
        "puede renovarla en cualquier momento antes de esa fecha. Después podrá seguir usando el "
        "plan Free."
    ),
    "pt": (
        "A sua assinatura Pro continua ativa até 14 de agosto de 2026. Se quiser mantê-la, pode "
        "renová-la a qualquer momento até essa data. Depois, poderá continuar a usar o plano Free."
    ),
    "ja": (
        "Proプランは2026年8月14日までご利用いただけます。継続をご希望の場合は、それまでにいつでも"
        "更新できます。その後はFreeプランをご利用いただけます。"
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_that_ends_is_said_to_the_letter(language: str) -> None:
    told = compose(SITUATIONS["winding down"], language, "UTC").text
    assert told.split("\n\n")[1] == SAID[language]


def test_a_failed_payment_says_why_until_when_and_what_helps() -> None:
    told = compose(SITUATIONS["past due, with a reason"], "en-US", "UTC").text
    assert told.split("\n\n")[1] == (
        "The last payment for your Pro plan did not go through. The card has expired. Your Pro "
        "plan stays active until August 14, 2026, so that you have time to settle it. We will try "
        "the payment again on August 3, 2026. One invoice for $29.00 is open. Please update your "
        "payment method or pay the open invoice."
    )


MONEY = {
    ("usd", "en"): "$29.00",
    ("usd", "de"): "29,00\xa0$",
    ("usd", "fr"): "29,00\xa0$US",
    ("usd", "es"): "29,00\xa0US$",
    ("usd", "pt"): "US$\xa029,00",
    ("usd", "ja"): "$29.00",
    ("jpy", "en"): "¥2,900",
    ("jpy", "de"): "2.900\xa0¥",
    ("jpy", "fr"): "2\u202f900\xa0JPY",
    ("jpy", "ja"): "￥2,900",
    ("kwd", "en"): "KWD\xa02.900",
    ("kwd", "de"): "2,900\xa0KWD",
    ("kwd", "pt"): "KWD\xa02,900",
    ("isk", "en"): "ISK\xa029.00",
}


@pytest.mark.parametrize(("given", "expected"), MONEY.items(), ids=lambda v: str(v))
def test_an_amount_has_the_digits_of_its_currency(given: tuple[str, str], expected: str) -> None:
    currency, language = given
    assert spelling.money(2900, currency, spelling.locale_of(language)) == expected


FORMS = {
    "en": ("One invoice for $9.00 is open.", "2 invoices for a total of $9.00 are open."),
    "fr": ("Une facture de 9,00\xa0$US est", "2 factures d’un total de 9,00\xa0$US sont"),
    "ja": ("請求書が1件あります", "請求書が2件あります"),
}


@pytest.mark.parametrize("language", FORMS)
def test_one_invoice_is_not_two(language: str) -> None:
    for count, expected in zip((1, 2), FORMS[language], strict=True):
        told = Situation("active", "Free", "Pro", DAY, open_invoices=count, open_minor={"usd": 900})
        assert expected in compose(told, language, "UTC").text


def test_two_currencies_are_named_and_never_added() -> None:
    told = compose(SITUATIONS["open invoices in two currencies"], "en", "UTC").text
    assert "3 invoices for a total of €9.00 and ¥1,500 are open." in told


@pytest.mark.parametrize(
    ("preferred", "language"),
    [
        ("pt-BR", "pt"), ("de_CH", "de"), ("fr-XQ", "fr"), ("en", "en"), ("sv", "en"), ("", "en"),
        (None, "en"), ("zz-not-a-language", "en"), ("ja-JP", "ja"), ("x" * 300, "en"),
    ],
)  # fmt: skip
def test_an_unknown_preference_is_answered_in_english(preferred: str | None, language: str) -> None:
    assert compose(SITUATIONS["active"], preferred, "UTC").language == language


def test_a_day_is_the_business_s_day() -> None:
    late = Situation("winding_down", "Free", "Pro", parse_iso("2026-08-13T23:30"))
    assert "14 August 2026" in compose(late, "en", "Europe/Berlin").text
    assert "13 August 2026" in compose(late, "en", "America/New_York").text
