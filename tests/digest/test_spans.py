"""Which day or week a digest is of, and when it is due: on the business's clock."""

from __future__ import annotations

import pytest

from lib.billing.digest.spans import Moment, covered, parse_moment
from lib.billing.domain.times import iso, parse_iso

BERLIN = "Europe/Berlin"

COVERED = {
    "on Monday morning the week before": ("week", "2026-11-23T07:00:00Z", "2026-W47"),
    "on Sunday night the week before that": ("week", "2026-11-22T22:59:59Z", "2026-W46"),
    "at midnight in Berlin it is over": ("week", "2026-11-22T23:00:00Z", "2026-W47"),
    "the day before": ("day", "2026-11-23T07:00:00Z", "2026-11-22"),
    "just after midnight": ("day", "2026-11-22T23:00:00Z", "2026-11-22"),
    "over New Year": ("week", "2027-01-04T08:00:00Z", "2026-W53"),
}


@pytest.mark.parametrize(("by", "now", "name"), COVERED.values(), ids=COVERED.keys())
def test_the_last_whole_one_is_told_of(by, now, name):
    assert covered(by, parse_iso(now), BERLIN).name == name


def test_a_week_with_a_changed_clock_is_whole_days() -> None:
    span = covered("week", parse_iso("2026-10-26T08:00:00Z"), BERLIN)
    assert (span.first_day, span.last_day) == ("2026-10-19", "2026-10-25")
    assert span.ends - span.starts == (7 * 24 + 1) * 3_600


MOMENTS = {
    "monday 08:00": Moment(8, 0, 0),
    "Sunday 23:59": Moment(23, 59, 6),
    "friday  17:30": Moment(17, 30, 4),
}


@pytest.mark.parametrize(("text", "moment"), MOMENTS.items())
def test_a_weekly_moment_is_read(text, moment):
    assert parse_moment(text, weekly=True) == moment


def test_a_daily_moment_is_read() -> None:
    assert parse_moment("08:05", weekly=False) == Moment(8, 5)


WRONG = [
    ("08:00", True),
    ("monday 08:00", False),
    ("mon 08:00", True),
    ("monday 8:00", True),
    ("monday 24:00", True),
    ("08:60", False),
    ("8am", False),
    ("-1:00", False),
    ("", False),
    ("monday", True),
]


@pytest.mark.parametrize(("text", "weekly"), WRONG)
def test_other_moments_are_refused(text, weekly):
    with pytest.raises(ValueError):  # noqa: PT011 - whoever asks says what it should be
        parse_moment(text, weekly=weekly)


LAST = {
    "now": ("monday 08:00", "2026-11-23T07:00:00Z", "2026-11-23T07:00:00Z"),
    "a second before": ("monday 08:00", "2026-11-23T06:59:59Z", "2026-11-16T07:00:00Z"),
    "days later": ("monday 08:00", "2026-11-26T12:00:00Z", "2026-11-23T07:00:00Z"),
    "today": ("08:00", "2026-11-26T12:00:00Z", "2026-11-26T07:00:00Z"),
    "yesterday": ("08:00", "2026-11-26T06:00:00Z", "2026-11-25T07:00:00Z"),
    "an hour that was skipped": ("02:30", "2026-03-29T12:00:00Z", "2026-03-29T01:30:00Z"),
    "an hour that came twice": ("02:30", "2026-10-25T12:00:00Z", "2026-10-25T00:30:00Z"),
    "in summer": ("monday 08:00", "2026-07-06T07:00:00Z", "2026-07-06T06:00:00Z"),
}


@pytest.mark.parametrize(("text", "now", "last"), LAST.values(), ids=LAST.keys())
def test_when_it_last_was(text, now, last):
    moment = parse_moment(text, weekly=" " in text)
    assert iso(moment.last(parse_iso(now), BERLIN)) == last
