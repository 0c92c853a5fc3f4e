"""The file of rates: our form, and the ECB's two as they are published."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from lib.billing.domain.errors import ConfigurationError
from lib.billing.domain.rates import Rates, gathered
from lib.billing.settings.business import parse_business, read_business
from lib.billing.settings.rates_file import parse_rates

OWN = """date,currency,rate
2026-01-02,usd,0.92
2026-01-05,USD,0.93

2026-01-02,jpy,0.0061
"""
DAILY = "Date, USD, JPY, GBP, \n26 November 2026, 1.1588, 181.45, 0.8793, \n"
HISTORY = """Date,USD,JPY,CYP,GBP,
2026-11-26,1.1588,181.45,N/A,0.8793,
2026-11-25,N/A,180.00,N/A,0.8700,
2026-11-24,1.1500,179.50,N/A,0.8750,
2007-12-31,1.4721,164.93,0.585274,0.73335,
"""


def rates(text: str, to: str = "eur") -> Rates:
    return gathered(to, parse_rates(text, to, source="rates.csv"))


def on(day: str) -> date:
    return date.fromisoformat(day)


def test_our_form_is_a_rate_a_line() -> None:
    found = rates(OWN)
    assert found.on("usd", on("2026-01-02")) == Fraction("0.92")
    assert found.on("usd", on("2026-01-05")) == Fraction("0.93")
    assert found.on("jpy", on("2026-01-02")) == Fraction("0.0061")
    assert found.newest == on("2026-01-05")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-01-01", None),  # before the first
        ("2026-01-03", "0.92"),  # a Saturday: Friday's
        ("2026-01-04", "0.92"),
        ("2026-01-05", "0.93"),
        ("2027-06-01", "0.93"),  # the last there is
    ],
)
def test_a_day_without_a_rate_has_the_last_one_before_it(day: str, expected: str | None) -> None:
    assert rates(OWN).on("usd", on(day)) == (None if expected is None else Fraction(expected))


def test_a_currency_without_rates_has_none_and_the_reporting_one_is_itself() -> None:
    assert rates(OWN).on("gbp", on("2026-01-05")) is None
    assert rates(OWN).on("eur", on("1990-01-01")) == 1


def test_the_banks_file_of_one_day() -> None:
    found = rates(DAILY)
    assert found.on("usd", on("2026-11-26")) == 1 / Fraction("1.1588")
    assert found.on("gbp", on("2026-11-28")) == 1 / Fraction("0.8793")
    assert found.on("usd", on("2026-11-25")) is None


def test_the_banks_history_with_what_is_not_available() -> None:
    found = rates(HISTORY)
    assert found.on("usd", on("2026-11-25")) == 1 / Fraction("1.15")
    assert found.on("jpy", on("2026-11-25")) == Fraction(1, 180)
    assert found.on("cyp", on("2026-11-26")) == 1 / Fraction("0.585274")


def test_another_reporting_currency_goes_by_the_euro_exactly() -> None:
    found = rates(HISTORY, "usd")
    assert found.on("gbp", on("2026-11-26")) == Fraction("1.1588") / Fraction("0.8793")
    assert found.on("eur", on("2026-11-26")) == Fraction("1.1588")
    # That day has no dollar: nothing can be crossed, and the day before holds.
    assert found.on("gbp", on("2026-11-25")) == Fraction("1.1500") / Fraction("0.8750")


MALFORMED = {
    "nothing at all": ("", 1, "first line should be"),
    "another head": ("day;currency;rate\n", 1, "first line should be"),
    "a day that is none": ("date,currency,rate\n2026-02-30,usd,1\n", 2, "not a day"),
    "a rate that is none": ("date,currency,rate\n2026-01-01,usd,one\n", 2, "not a rate"),
    "a rate of nothing": ("date,currency,rate\n2026-01-01,usd,0\n", 2, "above zero"),
    "a rate that is no number": ("date,currency,rate\n2026-01-01,usd,NaN\n", 2, "above zero"),
    "a currency that is none": ("date,currency,rate\n2026-01-01,dollar,1\n", 2, "three-letter"),
    "too few cells": ("date,currency,rate\n2026-01-01,usd\n", 2, "2026-01-31,usd,1.08"),
    "a decimal comma": ("date,currency,rate\n2026-01-01,usd,1,08\n", 2, "2026-01-31,usd,1.08"),
    "two rates of one day": (
        "date,currency,rate\n2026-01-01,usd,1\n2026-01-01,usd,2\n",
        3,
        "another rate of usd",
    ),
    "the reporting currency at another": ("date,currency,rate\n2026-01-01,eur,2\n", 2, "is 1"),
    "the bank's, a line too long": ("Date,USD,\n2026-01-02,1.1,2.2,\n", 2, "cells"),
    "the bank's, a day twice": ("Date,USD,\n2026-01-02,1.1,\n2026-01-02,1.2,\n", 3, "another line"),
    "the bank's, a rate that is none": ("Date,USD,\n2026-01-02,n/a,\n", 2, "not a rate"),
    "the bank's, a day that is none": ("Date,USD,\n2 Smarch 2026,1.1,\n", 2, "not a day"),
}


@pytest.mark.parametrize(("text", "line", "said"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_file_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        rates(text)
    assert str(refused.value).startswith(f"rates.csv, line {line}: ")
    assert said in str(refused.value)


def test_the_bank_has_to_list_the_reporting_currency() -> None:
    with pytest.raises(ConfigurationError, match="does not list CHF"):
        rates(DAILY, "chf")


def test_the_file_stands_beside_portside_toml_and_its_rates_hold_over_it(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text("\ufeff" + OWN, "utf-8")
    (tmp_path / "portside.toml").write_text(
        'reporting_currency = "EUR"\nrates_file = "rates.csv"\n'
        '[rates.usd]\n2026-01-05 = "0.99"\n[rates.gbp]\n2026-01-01 = "1.15"\n'
    )
    found = read_business(tmp_path / "portside.toml").reporting
    assert found is not None
    assert found.to == "eur"
    assert found.on("usd", on("2026-01-02")) == Fraction("0.92")
    assert found.on("usd", on("2026-01-05")) == Fraction("0.99")
    assert found.on("gbp", on("2026-03-01")) == Fraction("1.15")


WRONG = {
    "a file that is not there": (
        "reporting_currency = 'eur'\nrates_file = 'gone.csv'",
        "does not exist",
    ),
    "a file and nothing to report in": ("rates_file = 'gone.csv'", "reporting_currency"),
    "rates and nothing to report in": ("[rates.usd]\n2026-01-01 = '1'", "reporting_currency"),
    "rates of the reporting currency": (
        "reporting_currency = 'eur'\n[rates.eur]\n2026-01-01 = '1'",
        "rates.eur",
    ),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_is_configured_wrongly_is_named(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=said):
        parse_business(text, folder=tmp_path)


def test_without_a_reporting_currency_there_are_no_rates() -> None:
    assert parse_business("").reporting is None
    empty = parse_business("reporting_currency = 'eur'").reporting
    assert empty == Rates("eur", {})
    assert empty.newest is None
