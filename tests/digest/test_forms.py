"""Letters in their three forms: nothing hostile comes through, nothing is too long."""

from __future__ import annotations

import json
from typing import Any

import pytest
from markupsafe import escape
from rich.cells import cell_len

from lib.billing.digest.html import to_html
from lib.billing.digest.letter import Figures, Letter, Line, Section, clean
from lib.billing.digest.slack import MOST_BLOCKS, MOST_TEXT, to_blocks, to_fallback
from lib.billing.digest.spelled import Names, days, money, named
from lib.billing.digest.text import WIDTH, to_text
from lib.billing.digest.values import Customer
from tests.digest.test_equals_the_reports import said
from tests.domain.states import CATALOG

HOSTILE = {
    "HTML": "<img src=x onerror=alert(1)> & \"Co\" 'x'",
    "a script in an attribute": '" onmouseover="alert(1)',
    "a mention of everybody": "<!channel> <@U123> <!here|here>",
    "a Slack link": "<https://evil.example|click me>",
    "Slack's formatting": "*bold* _it_ ~gone~ `code` :skull: > quote",
    "Markdown": "[click](javascript:alert(1)) ![x](https://evil.example/x.png) # head",
    "a template": "{{ letter.subject }} {% raw %}",
}


def letter(text: str, *, lines: int = 1, **over: Any) -> Letter:
    shown = tuple(Line(clean(text), "$29.00", (clean(text, 160),)) for _ in range(lines))
    return Letter("s", "t", "a", (Section("Largest churn", shown, **over),))


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_name_stays_text_in_html(name):
    made = to_html(letter(name))
    for part in ("<img", "<!channel", "<@", "<https", '" onmouse', "<script"):
        assert part not in made
    assert str(escape(name)) in made


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_name_stands_in_slack_where_nothing_is_read_from_it(name):
    blocks = to_blocks(letter(name))
    assert any(name in text for text in said(blocks))
    for kind, text in parts(blocks):
        assert kind in ("text", "link", "plain_text"), text
    assert not {"mrkdwn"} & {kind for kind, _ in parts(blocks)}
    assert not any(block.get("emoji") for block in objects(blocks))


def objects(value: Any) -> list[dict[str, Any]]:
    """Every object in blocks, at any depth."""
    if isinstance(value, list):
        return [found for inner in value for found in objects(inner)]
    if not isinstance(value, dict):
        return []
    return [value, *(found for inner in value.values() for found in objects(inner))]


def parts(blocks: Any) -> list[tuple[str, str]]:
    return [(o["type"], o["text"]) for o in objects(blocks) if isinstance(o.get("text"), str)]


def test_what_slack_reads_formatting_from_is_escaped() -> None:
    hostile = Letter("s", "Large churn: <!channel> & <https://evil.example|x>", "a", ())
    assert to_fallback(hostile) == (
        "Large churn: &lt;!channel&gt; &amp; &lt;https://evil.example|x&gt;"
    )


def test_slack_gets_no_more_blocks_and_no_longer_ones_than_it_takes() -> None:
    figures = tuple(Figures(f"USD {n}", (("New", "+$1.00", "good"),), "note") for n in range(40))
    big = letter("n" * 60, lines=400, figures=figures)
    blocks = to_blocks(big)
    assert len(blocks) == MOST_BLOCKS
    assert blocks[-1]["elements"][0]["text"] == "More than Slack shows: see the dashboard."
    for block in to_blocks(letter("n" * 60, lines=100)):
        length = sum(len(text) for _, text in parts(block))
        assert 0 < length <= MOST_TEXT
    json.dumps(blocks)


def test_a_full_list_of_slack_names_everyone() -> None:
    blocks = to_blocks(letter("Acme", lines=90))
    assert sum(text == "Acme" for _, text in parts(blocks)) == 90


def test_a_link_is_an_address_of_the_dashboard_whatever_the_id() -> None:
    names = Names(CATALOG, "UTC", "https://billing.example.com")
    link = names.customer('cus_1" onclick="x&y=<z>')
    assert link is not None
    assert link.startswith("https://billing.example.com/customer?customer=cus_1%22+onclick")
    assert not set('"<> ') & set(link)


WIDE = {
    "long words": "x" * 300,
    "wide characters": "株式会社" * 30,
    "many words": "word " * 60,
    "combining marks": "é" * 200,
}


@pytest.mark.parametrize("name", WIDE.values(), ids=WIDE.keys())
def test_plain_text_is_eighty_columns_wide_whatever_it_is_about(name):
    line = Line(
        clean(name, 120), "$1,234.00", (clean(name, 160),), link="https://x.example/" + "y" * 90
    )
    made = to_text(Letter("s", clean(name, 200), "a", (Section(clean(name), (line,)),)))
    for row in made.splitlines():
        assert cell_len(row) <= WIDTH or row.strip().startswith("https://"), row
    assert "https://x.example/" + "y" * 90 in made


def test_amounts_end_at_the_right_edge() -> None:
    made = to_text(letter("Acme"))
    [row] = [row for row in made.splitlines() if row.endswith("$29.00")]
    assert len(row) == WIDTH


CLEANED = {
    "line breaks": ("a\r\nBcc: x\x0b\x1b[31m", "a Bcc: x [31m"),
    "turned text": ("a\u202egpj.exe", "agpj.exe"),
    "zero widths": ("pay\u200bpal\ufeff", "paypal"),
    "spaces": ("  a \u00a0 b\u2028c ", "a b c"),
    "half a character": ("a\ud800b", "ab"),
    "nothing": (None, ""),
}


@pytest.mark.parametrize(("text", "shown"), CLEANED.values(), ids=CLEANED.keys())
def test_text_is_one_line_of_what_is_visible(text, shown):
    assert clean(text) == shown


def test_what_is_too_long_is_cut_where_people_see_it() -> None:
    assert clean("株" * 60, 21) == "株" * 10 + "…"
    assert cell_len(clean("x" * 100, 40)) == 40


NAMED = {
    "a name": (("cus_1", "a@x.example", "Acme"), "Acme"),
    "an address": (("cus_1", "a@x.example", " "), "a@x.example"),
    "neither": (("cus_1", None, None), "cus_1"),
}


@pytest.mark.parametrize(("who", "shown"), NAMED.values(), ids=NAMED.keys())
def test_somebody_is_named_by_what_is_known(who, shown):
    assert named(Customer(*who)) == shown


DAYS = {
    ("2026-11-22", "2026-11-22"): "22 November 2026",
    ("2026-11-16", "2026-11-22"): "16–22 November 2026",
    ("2026-11-30", "2026-12-06"): "30 November – 6 December 2026",
    ("2026-12-28", "2027-01-03"): "28 December 2026 – 3 January 2027",
}


@pytest.mark.parametrize(("span", "shown"), DAYS.items())
def test_days_are_said_once(span, shown):
    assert days(*span) == shown


MONEY = {
    (2900, "usd", True): "+$29.00",
    (-2900, "usd", True): "-$29.00",
    (0, "eur", True): "€0.00",
    (1500, "jpy", False): "¥1,500",
    (1500, "kwd", True): "+KWD\u00a01.500",
}


@pytest.mark.parametrize(("given", "shown"), MONEY.items())
def test_money_has_the_digits_of_its_currency(given, shown):
    minor, currency, signed = given
    assert money(minor, currency, signed=signed) == shown


def test_a_letter_loads_nothing_and_knows_dark_mail_programs() -> None:
    made = to_html(letter("Acme"))
    assert "src=" not in made
    assert "url(" not in made
    assert "prefers-color-scheme: dark" in made
    assert 'name="color-scheme" content="light dark"' in made
