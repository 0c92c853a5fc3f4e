"""The digest goes out once a period, whatever restarts, and however many processes there are."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from lib.billing.domain.errors import ConfigurationError, NoticeNotSent
from lib.billing.notices.delivering import pause
from lib.billing.settings.business import parse_business
from lib.billing.store import tables
from lib.billing.store.engine import Store
from tests.digest.desk import Kept, Office, away
from tests.reports.ledger import at

TOML = """
timezone = "Europe/Berlin"
[digest]
weekly = "monday 08:00"
email = ["ann@example.com", "bob@example.com"]
slack = true
"""
BEFORE, AFTER = "2026-11-22T12:00", "2026-11-23T07:00"
W47 = "digest:week:2026-W47"


def states(store: Store) -> dict[tuple[str, str], str]:
    n = tables.notices.c
    with store.reading() as connection:
        rows = connection.execute(select(n.key, n.recipient, n.state))
        return {(row.key, row.recipient): row.state for row in rows}


def office(store: Store, toml: str = TOML) -> Office:
    """One that was switched on before its first moment."""
    opened = Office(store, toml, at(BEFORE))
    opened.round()
    assert states(store) == {}
    return opened


def test_it_is_sent_when_its_moment_has_come_to_everybody_once(store: Store) -> None:
    opened = office(store)
    opened.round(when="2026-11-23T06:59:59")
    assert opened.slack.sent == []
    for _ in range(3):
        opened.round(when=AFTER)
    assert opened.slack.keys == [W47]
    assert [to for _, to, _ in opened.mail.sent] == ["ann@example.com", "bob@example.com"]
    assert set(states(store).values()) == {"sent"}
    [(_, _, letter)] = opened.slack.sent
    assert letter.title == "Weekly digest, 16–22 November 2026"


def test_a_restart_sends_nothing_again(store: Store) -> None:
    opened = office(store)
    opened.round(when=AFTER)
    for hour in range(8, 20):
        opened = opened.restarted()
        opened.round(when=f"2026-11-23T{hour:02}:00")
    assert (len(opened.slack.sent), len(opened.mail.sent)) == (1, 2)


def test_the_next_week_is_another_one(store: Store) -> None:
    opened = office(store)
    opened.round(when=AFTER)
    opened.round(when="2026-11-30T07:00")
    assert opened.slack.keys == [W47, "digest:week:2026-W48"]


def test_several_processes_send_one(store: Store) -> None:
    """Also at the same moment, and without taking turns."""
    first = office(store)
    offices = [first, *(first.restarted() for _ in range(3))]
    start = threading.Barrier(len(offices))

    def run(opened: Office) -> None:
        start.wait()
        opened.round(when=AFTER)

    threads = [threading.Thread(target=run, args=(opened,)) for opened in offices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert first.slack.keys == [W47]
    assert sorted(to for _, to, _ in first.mail.sent) == ["ann@example.com", "bob@example.com"]


def test_a_moment_before_it_was_switched_on_is_let_pass(store: Store) -> None:
    opened = Office(store, TOML, at("2026-11-23T09:00"))
    opened.round()
    opened.round(when="2026-11-23T12:00")
    assert opened.slack.sent == []
    opened.round(when="2026-11-30T07:00")
    assert opened.slack.keys == ["digest:week:2026-W48"]


LATE = {"within a day": ("2026-11-24T06:59", [W47]), "later": ("2026-11-24T07:01", [])}


@pytest.mark.parametrize(("when", "sent"), LATE.values(), ids=LATE.keys())
def test_after_a_night_without_serve_it_is_sent_late_and_after_a_day_no_more(store, when, sent):
    opened = office(store)
    opened.round(when=when)
    assert opened.slack.keys == sent


def test_another_hour_does_not_send_it_again(store: Store) -> None:
    opened = office(store)
    opened.round(when=AFTER)
    later = opened.restarted(toml=TOML.replace("08:00", "10:00"))
    later.round(when="2026-11-23T10:00")
    assert later.slack.keys == [W47]


def test_a_daily_one_goes_beside_the_weekly_one(store: Store) -> None:
    opened = office(store, TOML + 'daily = "07:30"\n')
    opened.round(when=AFTER)
    assert sorted(opened.slack.keys) == ["digest:day:2026-11-22", W47]


def test_who_is_away_is_tried_again_and_the_others_have_theirs_once(store: Store) -> None:
    opened = office(store)
    opened.mail.faults = away()
    opened.round(when=AFTER)
    assert [to for _, to, _ in opened.mail.sent] == ["bob@example.com"]
    opened.round(when="2026-11-23T07:00:59")
    assert len(opened.mail.sent) == 1  # a minute's pause
    opened.round(when="2026-11-23T07:01")
    assert [to for _, to, _ in opened.mail.sent] == ["bob@example.com", "ann@example.com"]
    assert len(opened.slack.sent) == 1


def test_the_pauses_grow_to_an_hour_and_heed_what_was_asked_for() -> None:
    assert [pause(n) for n in (1, 2, 3, 4, 5, 40)] == [60, 240, 960, 3_600, 3_600, 3_600]
    assert (pause(1, 30), pause(1, 900)) == (60, 900)


def test_after_a_day_it_is_given_up_and_forgets_what_it_said(store: Store) -> None:
    opened = Office(
        store, TOML.replace('email = ["ann@example.com", "bob@example.com"]', ""), at(BEFORE)
    )
    opened.round()
    opened.slack.faults = away(99)
    opened.round(when=AFTER)
    for hour in range(8, 48):
        opened.now = at("2026-11-23") + hour * 3_600
        opened.round("notices")
    assert states(store) == {(W47, ""): "given_up"}
    assert 20 < opened.slack.attempts < 35
    with store.reading() as connection:
        assert connection.execute(select(tables.notices.c.content)).scalar_one() == ""


class PowerCut(BaseException):
    """Ends a process where it stands."""


def test_a_crash_between_sending_and_noting_brings_it_twice_rather_than_never(store) -> None:
    opened = office(store)
    sent = opened.slack.send

    def cut(*given):  # type: ignore[no-untyped-def]
        sent(*given)
        raise PowerCut

    opened.slack.send = cut
    with pytest.raises(PowerCut):
        opened.round(when=AFTER)
    assert states(store)[W47, ""] == "sending"
    opened.slack.send = sent
    again = opened.restarted()
    again.round(when="2026-11-23T07:09")
    assert again.slack.keys == [W47]  # it may still be under way
    again.round(when="2026-11-23T07:10")
    assert again.slack.keys == [W47, W47]
    again.round(when="2026-11-23T08:00")
    assert again.slack.keys == [W47, W47]


def test_a_channel_without_settings_waits_for_them(store: Store) -> None:
    opened = office(store).restarted(off=frozenset({"email"}))
    opened.round(when=AFTER)
    assert (len(opened.slack.sent), opened.mail.sent) == (1, [])
    whole = opened.restarted(off=frozenset())
    whole.round(when="2026-11-23T07:05")
    assert len(whole.mail.sent) == 2


def test_a_mistake_in_one_letter_keeps_no_other_from_going_out(store: Store) -> None:
    opened = office(store)
    opened.slack.faults = [ZeroDivisionError("ann@example.com")]
    opened.round(when=AFTER)
    assert len(opened.mail.sent) == 2
    with store.reading() as connection:
        errors = set(connection.execute(select(tables.notices.c.error)).scalars())
    assert errors == {None, "It could not be written (ZeroDivisionError)."}


def test_by_hand_it_is_sent_once_too_and_again_when_asked(store: Store) -> None:
    opened = Office(store, TOML, at(AFTER))
    digest = opened.desk._gathers.digest("week")
    first = opened.desk.send(digest, slack=True, email=False, again=False)
    assert [(o.channel, o.state) for o in first] == [("slack", "sent")]
    opened.desk.send(digest, slack=True, email=True, again=False)
    assert (opened.slack.keys, len(opened.mail.sent)) == ([W47], 2)
    opened.desk.send(digest, slack=True, email=False, again=True)
    assert len(opened.slack.sent) == 2


def test_the_schedule_does_not_repeat_what_was_sent_by_hand(store: Store) -> None:
    opened = office(store)
    opened.now = at("2026-11-23T06:00")
    opened.desk.send(opened.desk._gathers.digest("week"), slack=True, email=True, again=False)
    opened.round(when=AFTER)
    assert (len(opened.slack.sent), len(opened.mail.sent)) == (1, 2)


def test_by_hand_what_waits_is_tried_at_once(store: Store) -> None:
    opened = Office(store, TOML, at(AFTER))
    opened.slack.faults = away()
    digest = opened.desk._gathers.digest("week")
    [failed] = opened.desk.send(digest, slack=True, email=False, again=False)
    assert (failed.state, failed.error) == ("waiting", str(away()[0]))
    [sent] = opened.desk.send(digest, slack=True, email=False, again=False)
    assert sent.state == "sent"


def test_by_hand_a_channel_needs_its_settings(store: Store) -> None:
    opened = Office(store, TOML, at(AFTER), off=frozenset({"slack"}))
    digest = opened.desk._gathers.digest("week")
    with pytest.raises(ConfigurationError, match="PORTSIDE_SLACK_WEBHOOK_URL"):
        opened.desk.send(digest, slack=True, email=False, again=False)
    bare = Office(store, "", at(AFTER))
    with pytest.raises(ConfigurationError, match="no recipients"):
        bare.desk.send(digest, slack=False, email=True, again=False)


def test_a_channel_that_is_away_is_asked_once_a_round(store: Store) -> None:
    opened = office(store)
    opened.mail.faults = [NoticeNotSent("The mail server could not be used.", away=True)]
    opened.round(when=AFTER)
    assert (opened.mail.attempts, opened.mail.sent, len(opened.slack.sent)) == (1, [], 1)
    opened.round(when="2026-11-23T07:00:15")
    assert [to for _, to, _ in opened.mail.sent] == ["bob@example.com"]
    opened.round(when="2026-11-23T07:01")
    assert len(opened.mail.sent) == 2


def test_a_channel_with_unusable_settings_keeps_no_other_from_sending(store: Store) -> None:
    opened = office(store)

    def broken(name: str) -> Kept:
        if name == "email":
            raise ConfigurationError("PORTSIDE_MAIL_FROM should be an address.")
        return opened.slack

    opened.channel = broken
    again = opened.opened(parse_business(TOML))
    opened.desk = again
    opened.round(when=AFTER)
    assert len(opened.slack.sent) == 1
    assert list(again.checks()) == [
        (True, "Fine."),
        (False, "PORTSIDE_MAIL_FROM should be an address."),
    ]
