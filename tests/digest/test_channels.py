"""Slack and mail against real servers: what arrives, and what is said when it does not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lib.billing.digest.letter import Letter, Line, Section
from lib.billing.domain.errors import ConfigurationError, NoticeNotSent
from lib.billing.notices.mail import Mail, Server, parse_server
from lib.billing.notices.slack import Slack
from tests.digest.servers import MailEnd, SlackEnd, certificate, mail_end, slack_end

FROM = "portside@example.com"
TO = "ann@example.com"
LETTER = Letter(
    subject="Portside weekly digest: 16–22 November 2026",
    title="Weekly digest, 16–22 November 2026",
    about="2026-W47",
    sections=(Section("Needs you", (Line("Ärzte & Söhne <b>", "-€29.00", ("a note",)),)),),
)
PLAIN = {"host": "127.0.0.1", "ssl": False, "starttls": False}


@pytest.fixture
def slack() -> Iterator[SlackEnd]:
    with slack_end() as end:
        yield end


@pytest.fixture
def mails() -> Iterator[MailEnd]:
    with mail_end() as end:
        yield end


def plain(end: MailEnd, **over: float) -> Mail:
    return Mail(Server(port=end.port, **PLAIN), FROM, **over)  # type: ignore[arg-type]


def away() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_letter_reaches_slack_as_blocks_with_a_text_for_notifications(slack: SlackEnd) -> None:
    Slack(slack.url).send(LETTER, "", "once")
    [posted] = slack.posted
    assert posted["text"] == LETTER.title
    assert posted["blocks"][0]["type"] == "header"
    assert posted["unfurl_links"] is False


REFUSALS = {
    "a fault of Slack's": ((500, "<html>oops</html>", {}), "answered 500 (no reason)", None),
    "a webhook that is gone": ((404, "no_service", {}), "answered 404 (no_service)", None),
    "too many": ((429, "rate_limited", {"Retry-After": "30"}), "answered 429", 30),
}


@pytest.mark.parametrize(("answer", "said", "after"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_slack_refuses_is_told_without_its_text(slack, answer, said, after):
    slack.answers = [answer]
    with pytest.raises(NoticeNotSent, match="Slack") as refused:
        Slack(slack.url).send(LETTER, "", "once")
    assert said in str(refused.value)
    assert refused.value.retry_after == after
    assert len(slack.posted) == 1  # the library tries nothing again by itself


def test_a_slow_slack_is_not_waited_for(slack: SlackEnd) -> None:
    slack.seconds = 2
    with pytest.raises(NoticeNotSent, match="could not be reached"):
        Slack(slack.url, seconds=1).send(LETTER, "", "once")
    assert len(slack.posted) == 1


def test_a_slack_that_is_away_is_told_without_its_address(caplog) -> None:
    caplog.set_level("DEBUG")
    with capture_logs() as logs, pytest.raises(NoticeNotSent) as refused:
        Slack(f"http://127.0.0.1:{away()}/services/T0/B0/secretpart").send(LETTER, "", "once")
    assert "secretpart" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert "secretpart" not in str(logs)


def test_slack_is_only_posted_to_by_https() -> None:
    for url in ("http://hooks.slack.example/services/x", "hooks.slack.com/x", "ftp://x/y"):
        with pytest.raises(ConfigurationError, match="PORTSIDE_SLACK_WEBHOOK_URL"):
            Slack(url)


def test_a_mail_has_both_forms_and_one_recipient(mails: MailEnd) -> None:
    plain(mails).send(LETTER, TO, "digest:week:2026-W47")
    [(sender, to, message)] = mails.taken
    assert (sender, to, message["To"]) == (FROM, [TO], TO)
    assert message["Subject"] == LETTER.subject
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = (part.get_content() for part in message.iter_parts())
    assert "Ärzte & Söhne <b>" in text
    assert "Ärzte &amp; Söhne &lt;b&gt;" in html


def test_a_second_copy_has_the_first_ones_message_id(mails: MailEnd) -> None:
    for once, to in (("a", TO), ("a", TO), ("b", TO), ("a", "bob@example.com")):
        plain(mails).send(LETTER, to, once)
    ids = [message["Message-ID"] for _, _, message in mails.taken]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def test_a_name_with_line_breaks_makes_no_header(mails: MailEnd) -> None:
    evil = "Evil\r\nBcc: victim@example.com\r\n\r\nHi"
    plain(mails).send(Letter(evil, evil, evil, ()), TO, "once")
    [(_, to, message)] = mails.taken
    assert to == [TO]
    assert message["Bcc"] is None
    assert message["Subject"] == "Evil Bcc: victim@example.com Hi"


MAIL_REFUSALS = {
    "the recipient": ({"refused": {TO}}, "refused the recipient (550)"),
    "the message": ({"data_answer": "554 spam"}, "answered 554"),
    "for now": ({"data_answer": "451 later"}, "answered 451"),
}


@pytest.mark.parametrize(("mind", "said"), MAIL_REFUSALS.values(), ids=MAIL_REFUSALS.keys())
def test_what_a_mail_server_refuses_is_told(mails, mind, said):
    for name, value in mind.items():
        setattr(mails, name, value)
    with pytest.raises(NoticeNotSent) as refused:
        plain(mails).send(LETTER, TO, "once")
    assert said in str(refused.value)
    assert mails.taken == []


def test_a_slow_mail_server_is_not_waited_for(mails: MailEnd) -> None:
    mails.seconds = 1.5
    with pytest.raises(NoticeNotSent, match="could not be used"):
        plain(mails, seconds=0.5).send(LETTER, TO, "once")


def test_a_mail_server_that_is_away_is_told() -> None:
    mail = Mail(Server(port=away(), **PLAIN), FROM)  # type: ignore[arg-type]
    with pytest.raises(NoticeNotSent, match="could not be used"):
        mail.check()


def test_passwords_travel_encrypted_and_are_judged(tmp_path: Path) -> None:
    server, trusting = certificate(tmp_path)
    with mail_end(server) as end:
        told = parse_server(f"smtp://ann%40example.com:right%20pass@127.0.0.1:{end.port}")
        Mail(told, FROM, context=trusting).send(LETTER, TO, "once")
        assert (end.signed_in, end.secured) == (["ann@example.com"], [True])
        wrong = parse_server(f"smtp://ann:wrong@127.0.0.1:{end.port}?starttls=1")
        with pytest.raises(NoticeNotSent, match=r"refused the password \(535\)") as refused:
            Mail(wrong, FROM, context=trusting).check()
        assert "wrong" not in str(refused.value)
        # Without trust in the certificate no password is sent.
        with pytest.raises(NoticeNotSent, match="SSLCertVerificationError"):
            Mail(told, FROM).check()
        assert end.signed_in.count("ann@example.com") == 1


def test_mail_can_be_encrypted_from_the_first_byte(tmp_path: Path) -> None:
    server, trusting = certificate(tmp_path)
    with mail_end(implicit=server) as end:
        told = parse_server(f"smtps://127.0.0.1:{end.port}")
        mail = Mail(told, FROM, context=trusting)
        assert mail.check() == f"Mail: 127.0.0.1:{end.port} answers."
        mail.send(LETTER, TO, "once")
        assert end.to == [TO]


def test_a_server_without_starttls_gets_nothing(mails: MailEnd) -> None:
    told = parse_server(f"smtp://127.0.0.1:{mails.port}")
    with pytest.raises(NoticeNotSent, match="offers no STARTTLS"):
        Mail(told, FROM).send(LETTER, TO, "once")
    assert mails.taken == []


SERVERS = {
    "starttls by itself": ("smtp://mail.example", ("mail.example", 587, False, True)),
    "a port": ("smtp://mail.example:25?starttls=1", ("mail.example", 25, False, True)),
    "plain, for a server beside": (
        "smtp://localhost:25?starttls=0",
        ("localhost", 25, False, False),
    ),
    "from the first byte": ("smtps://mail.example", ("mail.example", 465, True, False)),
}


@pytest.mark.parametrize(("url", "told"), SERVERS.values(), ids=SERVERS.keys())
def test_a_server_is_read_from_its_address(url, told):
    read = parse_server(url)
    assert (read.host, read.port, read.ssl, read.starttls) == told


BROKEN = {
    "no scheme": "mail.example:587",
    "another scheme": "https://mail.example",
    "no host": "smtp://",
    "a port that is none": "smtp://mail.example:smtp",
    "an unknown option": "smtp://mail.example?tls=1",
    "a password in the clear": "smtp://ann:secret@mail.example:25?starttls=0",
}


@pytest.mark.parametrize("url", BROKEN.values(), ids=BROKEN.keys())
def test_an_unusable_address_is_refused_without_its_password(url):
    with pytest.raises(ConfigurationError, match="PORTSIDE_SMTP_URL") as refused:
        parse_server(url)
    assert "secret" not in str(refused.value)


def test_a_sender_is_a_plain_address() -> None:
    for sender in ("Portside <a@example.com>", "a@example.com\nBcc: b@example.com", "portside"):
        with pytest.raises(ConfigurationError, match="PORTSIDE_MAIL_FROM"):
            Mail(parse_server("smtp://mail.example"), sender)
