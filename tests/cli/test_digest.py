"""`portside digest`: printed in four forms, sent once, and refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.events import event, subscription
from tests.digest.servers import mail_end, slack_end

MONDAY = {"PORTSIDE_NOW": "2023-11-20T09:00:00Z"}
TOML = '[digest]\nemail = ["ann@example.com", "bob@example.com"]\nslack = true\n'


@pytest.fixture
def filled(portside: Run, tmp_path: Path) -> Run:
    """One subscription that began on Tuesday, 14 November 2023."""
    (tmp_path / "portside.toml").write_text(TOML)
    began = event(1, "customer.subscription.created", subscription(old=False), 1_700_000_000)
    assert portside("ingest", "-", stdin=began).code == 0
    return portside


def test_it_is_printed_as_text_html_blocks_and_json(filled: Run) -> None:
    dashboard = {"PORTSIDE_DASHBOARD_URL": "https://billing.example.com"}
    text = filled("digest", **MONDAY, **dashboard)
    assert text.code == 0
    assert text.out.startswith("Weekly digest, 13–19 November 2023\n2023-W46. Days in UTC")
    assert "+$29.00" in text.out
    assert "https://billing.example.com/mrr" in text.out
    assert text.err == ""
    page = filled("digest", "--format", "html", **MONDAY).out
    assert page.startswith("<!doctype html>")
    assert "+$29.00" in page
    blocks = filled("digest", "--format", "slack", **MONDAY).json["blocks"]
    assert blocks[0]["text"]["text"] == "Weekly digest, 13–19 November 2023"
    found: dict[str, Any] = filled("digest", "--format", "json", **MONDAY).json
    assert [(m["currency"], m["new_minor"]) for m in found["mrr"]] == [("usd", 2_900)]


def test_a_day_and_an_earlier_time_can_be_asked_for(filled: Run) -> None:
    day = filled("digest", "--daily", "--as-of", "2023-11-14", **MONDAY)
    assert day.out.startswith("Daily digest, 14 November 2023")
    assert "+$29.00" in day.out
    assert "As of 2023-11-14, from all that is stored now." in day.out
    before = filled("digest", "--as-of", "2023-11-13T00:00:00Z", **MONDAY)
    assert before.out.startswith("Weekly digest, 6–12 November 2023")
    assert "NOTHING TO TELL" in before.out


def test_it_is_sent_to_slack_and_by_mail_once(filled: Run) -> None:
    with slack_end() as slack, mail_end() as mails:
        where = {
            "PORTSIDE_SLACK_WEBHOOK_URL": slack.url,
            "PORTSIDE_SMTP_URL": f"smtp://127.0.0.1:{mails.port}?starttls=0",
            "PORTSIDE_MAIL_FROM": "portside@example.com",
        }
        mails.refused = {"bob@example.com"}
        first = filled("digest", "--slack", "--email", **MONDAY, **where)
        assert first.code == 1
        assert "Slack: sent at 2023-11-20T09:00:00Z." in first.err
        assert "ann@example.com: sent" in first.err
        assert (
            "bob@example.com: not sent. The mail server refused the recipient (550)." in first.err
        )
        mails.refused = set()
        second = filled("digest", "--slack", "--email", **MONDAY, **where)
        assert (second.code, second.out) == (0, "")
        assert mails.to == ["ann@example.com", "bob@example.com"]
        assert len(slack.posted) == 1
        assert filled("digest", "--slack", "--again", **MONDAY, **where).code == 0
        assert len(slack.posted) == 2
        checked = filled("digest", "--check", **where)
        assert (checked.code, len(slack.posted), len(mails.taken)) == (0, 2, 2)
        assert f"Mail: 127.0.0.1:{mails.port} answers." in checked.err
    gone = filled("digest", "--check", **where)
    assert gone.code == 1
    assert "The mail server could not be used (ConnectionRefusedError)." in gone.err
    assert "secretpart" not in json.dumps([first.err, second.err, checked.err, gone.err])


REFUSED = {
    "two periods": (["--daily", "--weekly"], 2, "not both"),
    "printed and sent": (["--slack", "--format", "text"], 2, "Give one"),
    "again without sending": (["--again"], 2, "--again goes with"),
    "a time that is none": (["--as-of", "yesterday"], 2, "is neither a day"),
    "no Slack": (["--slack"], 1, "Set PORTSIDE_SLACK_WEBHOOK_URL"),
    "no mail server": (["--email"], 1, "Set PORTSIDE_SMTP_URL"),
    "nothing to check": (["--check"], 1, "No channel is configured"),
}


def test_refusals_are_sentences(filled: Run) -> None:
    for name, (arguments, code, says) in REFUSED.items():
        ran = filled("digest", *arguments, **MONDAY)
        assert (ran.code, says in ran.err, ran.out) == (code, True, ""), (name, ran.err)
        assert "Traceback" not in ran.err
    sender = filled("digest", "--email", PORTSIDE_SMTP_URL="smtp://mail.example", **MONDAY)
    assert (sender.code, "set PORTSIDE_MAIL_FROM" in sender.err) == (1, True)
