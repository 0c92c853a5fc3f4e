"""A reply: the situation's sentences in one language, with a greeting and a close."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from babel import Locale

from . import spelling
from .situation import Situation
from .words import INVOICES, WORDS

_TROUBLE = ("past_due", "suspended")


@dataclass(frozen=True, slots=True)
class Reply:
    """``language`` is one of `words.LANGUAGES`; ``text`` is plain and may hold hostile names."""

    language: str
    text: str


def compose(situation: Situation, preferred: str | None, timezone: str) -> Reply:
    """The reply in the language of ``preferred`` (``de``, ``pt-BR``, None), else in English."""
    locale = spelling.locale_of(preferred)
    words = WORDS[locale.language]
    body = words["between"].join(_sentences(situation, locale, timezone))
    text = "\n\n".join((words["greeting"], body, words["closing"]))
    return Reply(locale.language, text)


def _sentences(told: Situation, locale: Locale, timezone: str) -> Iterator[str]:
    words = WORDS[locale.language]
    plan = words["plan"].format(name=told.plan) if told.plan else words["plan_unnamed"]

    def say(key: str, second: int | None = None) -> str:
        day = "" if second is None else spelling.day(second, timezone, locale)
        start = plan[:1].upper() + plan[1:]
        return words[key].format(plan=plan, Plan=start, default=told.default_plan, day=day)

    if told.kind in _TROUBLE:
        yield say("payment_failed")
        if told.reason:
            yield say(f"reason_{told.reason}")
    if told.kind == "suspended":
        yield say("suspended")
    elif told.kind == "past_due":
        if told.day is not None:
            yield say("past_due", told.day)
    else:
        yield say(_key(told), told.day)
    if told.kind in _TROUBLE and told.next_attempt_at is not None:
        yield say("next_attempt", told.next_attempt_at)
    if told.open_invoices and told.open_minor:
        yield _open(told, locale)
    if told.kind in _TROUBLE:
        yield say("please_pay")


def _key(told: Situation) -> str:
    """The sentence of a kind, or the one that needs no day."""
    if told.day is not None or told.kind not in ("active", "trialing", "winding_down", "ended"):
        return told.kind
    return "ended_undated" if told.kind == "ended" else "active_undated"


def _open(told: Situation, locale: Locale) -> str:
    forms = INVOICES[locale.language]
    form = forms.get(spelling.plural(told.open_invoices, locale), forms["other"])
    return form.format(count=told.open_invoices, amount=spelling.amounts(told.open_minor, locale))
