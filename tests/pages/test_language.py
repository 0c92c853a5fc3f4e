"""English and German: what is said, how numbers and days are spelled, what an address carries."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import addressed, language
from dashboard import format as fmt
from lib.billing import Count, Day, Money, Share
from lib.billing.domain.said import said, said_in_turn
from scripts import strings
from tests.pages.conftest import Open
from tests.pages.fake_billing import FakeBilling

MONDAY = 1_784_505_600  # 20 July 2026, 00:00 UTC


@pytest.fixture(params=["en", "de"])
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(language, "current", lambda: request.param)
    monkeypatch.setattr(fmt, "current", lambda: request.param)
    return str(request.param)


SPELLED = {
    "money": (lambda: fmt.money(123_450, "usd"), "$1,234.50", "1.234,50\u00a0$"),
    "money without decimals": (lambda: fmt.money(1_234, "jpy"), "¥1,234", "1.234\u00a0¥"),
    "money with three": (lambda: fmt.money(1_234, "kwd"), "KWD\u00a01.234", "1,234\u00a0KWD"),
    "less money": (lambda: fmt.signed(-2_900, "eur"), "−€29.00", "−29,00\u00a0€"),
    "whole units": (lambda: fmt.money_short(123_450, "usd"), "$1,234", "1.234\u00a0$"),
    "a share": (lambda: fmt.share(0.1234), "12.3%", "12,3\u00a0%"),
    "a count": (lambda: fmt.number(1_204_000), "1,204,000", "1.204.000"),
    "a day": (lambda: fmt.day(MONDAY, "UTC"), "20 Jul 2026", "20. Juli 2026"),
    "a moment": (lambda: fmt.clock(MONDAY, "UTC"), "20 Jul 2026, 00:00", "20. Juli 2026, 00:00"),
    "a day said": (lambda: fmt.spoken_day(MONDAY, "UTC"), "20 July 2026", "20. Juli 2026"),
    "a month": (lambda: fmt.period("2026-10"), "Oct 2026", "Okt. 2026"),
    "a week": (lambda: fmt.period("2026-W48"), "Week 48, 2026", "KW 48, 2026"),
    "a rule": (lambda: fmt.words("winding_down"), "Winding down", "Läuft aus"),
    "an interval": (lambda: fmt.every("month", 3), "Every 3 months", "Alle 3 Monate"),
    "a length of time": (lambda: fmt.span(12 * 86_400), "12 days", "12 Tage"),
}  # fmt: skip


@pytest.mark.parametrize("case", SPELLED)
def test_values_are_spelled_as_the_language_has_them(spoken: str, case: str) -> None:
    spell, english, german = SPELLED[case]
    assert spell() == {"en": english, "de": german}[spoken]


SENTENCE = said(
    "{plan}: {why}, {minor} on {day}, {count} times, {part} of it.",
    plan="Pro {x}",
    why=said("Winding down"),
    minor=Money(2_900, "usd"),
    day=Day(MONDAY, "UTC"),
    count=Count(1_204),
    part=Share(0.5),
)


def test_a_sentence_of_the_domain_is_english_text_and_remembers_its_values(spoken: str) -> None:
    english = "Pro {x}: Winding down, 29.00 USD on 20 July 2026, 1,204 times, 50.0% of it."
    assert SENTENCE == english
    assert json.dumps(SENTENCE) == json.dumps(english)
    for kept in (SENTENCE, pickle.loads(pickle.dumps(SENTENCE)), copy.deepcopy(SENTENCE)):
        told = language.say(kept)
        if spoken == "en":
            assert told == english
        else:
            assert told == (
                "Pro {x}: Läuft aus, 29,00\u00a0$ on 20. Juli 2026, 1.204 times, 50,0\u00a0% of it."
            )


def test_several_sentences_are_said_one_by_one(spoken: str) -> None:
    told = said_in_turn([said("Winding down"), "Kept"], "; ", ".")
    assert told == "Winding down; Kept."
    assert language.say(told) == {"en": "Winding down; Kept.", "de": "Läuft aus; Kept."}[spoken]


def test_nothing_cannot_be_said() -> None:
    with pytest.raises(ValueError, match="Nothing"):
        said_in_turn([])


ADDRESSED = [
    ("Winding down", "Winding down", "Läuft aus"),
    ("Läuft aus", "Winding down", "Läuft aus"),
    ("14 Mar 2026", "14 Mar 2026", "14. März 2026"),
    ("14. März 2026", "14 Mar 2026", "14. März 2026"),
    ("Oct 2026", "Oct 2026", "Okt. 2026"),
    ("Mai 2026", "May 2026", "Mai 2026"),
    ("31 Feb 2026", "31 Feb 2026", "31 Feb 2026"),
    ("Name", "Name", "Name"),
    ("Kunde", "Customer", "Kunde"),
    ("Entwurf", "Draft", "Entwurf"),
    ("Überfällig", "Past due", "Überfällig"),
    ("Beendet", "Canceled", "Beendet"),
    ("Abweichungen", "Drift", "Abweichungen"),
    ("Last 12 months", "Last 12 months", "Letzte 12 Monate"),
    ("Alle 3 Monate", "Every 3 months", "Alle 3 Monate"),
    ("KW 48, 2026", "Week 48, 2026", "KW 48, 2026"),
    ("Okt. 2026 bisher", "Oct 2026 so far", "Okt. 2026 bisher"),
    ("All in EUR", "All in EUR", "Alles in EUR"),
    (":material/key: Access", ":material/key: Access", ":material/key: Zugang"),
    ("Nobody's word", "Nobody's word", "Nobody's word"),
]


@pytest.mark.parametrize(("written", "english", "german"), ADDRESSED)
def test_an_address_of_either_language_is_read_in_ones_own(
    spoken: str, written: str, english: str, german: str
) -> None:
    assert language.readdressed(written) == {"en": english, "de": german}[spoken]


PLANS_ADDRESSED = [
    ("plans", "Customer", "Customer"),
    ("plans", "Not in the catalogue", "Nicht im Katalog"),
    ("move", "New → Customer", "Neu → Customer"),
    ("path", "Within Customer", "Innerhalb Customer"),
    ("sort", "Customer", "Kunde"),
    ("table", "plan", "plan"),
    ("table", "plan (draft)", "plan (Entwurf)"),
]


@pytest.mark.parametrize(("name", "written", "german"), PLANS_ADDRESSED)
def test_a_plan_that_is_called_like_a_word_of_ours_keeps_its_name(
    desk: FakeBilling, monkeypatch: pytest.MonkeyPatch, name: str, written: str, german: str
) -> None:
    monkeypatch.setattr(language, "current", lambda: "de")
    plan = next(iter(desk.catalog.plans.values()))
    plans = {**desk.catalog.plans, plan.slug: replace(plan, name="Customer")}
    monkeypatch.setattr(desk, "catalog", replace(desk.catalog, plans=plans))
    assert addressed.spoken({name: [written]}) == {name: [german]}


def test_every_month_has_a_name_of_its_own_in_both() -> None:
    names = [fmt.month_names(number) for number in range(1, 13)]
    assert [len(set(own)) for own in zip(*names, strict=True)] == [12, 12]
    assert fmt.calendar_day(date(2026, 5, 1)) == "1 May 2026"


def test_every_text_is_translated_and_no_translation_is_left_over() -> None:
    assert list(strings.faults("de")) == []


FAULTS = {
    "not translated": ('msgid "a"\nmsgstr ""\n', "'a' is not translated"),
    "other values": ('msgid "{a}"\nmsgstr "{b}"\n', "'{a}' has other values in its translation"),
    "said nowhere": ('msgid "a"\nmsgstr "b"\n', "'a' is said nowhere"),
    "fuzzy": ('#, fuzzy\nmsgid "a"\nmsgstr "b"\n', "'a' is marked as fuzzy"),
}


@pytest.fixture(scope="module")
def noticed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is said of a folder with a catalogue for each fault."""
    folder = tmp_path_factory.mktemp("locales") / "de"
    folder.mkdir()
    for fault, (text, _) in FAULTS.items():
        (folder / f"{fault}.po").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strings, "LOCALES", folder.parent)
        return list(strings.faults("de"))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_catalogue_is_noticed(fault: str, noticed: list[str]) -> None:
    assert f"{fault}.po: {FAULTS[fault][1]}" in noticed


def test_a_choice_of_language_is_kept_for_the_person_and_holds_at_once(
    open_page: Open, desk: FakeBilling
) -> None:
    app = open_page("winding-down")
    assert language_of(app) == "en"
    app.sidebar.segmented_control(key="language_shown").select("de").run()
    assert language_of(app) == "de"
    assert [kept for (_, name), kept in desk.remembered.items() if name == "language"] == ["de"]
    again = open_page("winding-down")
    assert language_of(again) == "de"


def language_of(app: AppTest) -> str:
    return str(app.session_state["language"])
