"""The command that tells what changed: digest."""

from __future__ import annotations

import json
import logging
from enum import StrEnum
from typing import Annotated

import typer

from .. import logs
from ..config import Settings
from ..digest.as_json import to_json
from ..digest.html import to_html
from ..digest.slack import to_blocks
from ..digest.text import to_text
from ..domain.errors import WrongUsage
from ..domain.times import iso
from ..store.notices import Outcome
from ..wiring import Installation, open_installation
from .output import progress, say, write


class DigestFormat(StrEnum):
    TEXT = "text"
    HTML = "html"
    SLACK = "slack"
    JSON = "json"


def register(app: typer.Typer) -> None:
    app.command("digest")(digest)


def digest(
    daily: Annotated[bool, typer.Option("--daily", help="Of the last whole day.")] = False,
    weekly: Annotated[
        bool, typer.Option("--weekly", help="Of the last whole ISO week; so by default.")
    ] = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="A day (before its end) or an ISO time.")
    ] = None,
    form: Annotated[
        DigestFormat | None, typer.Option("--format", help="How it is printed; default text.")
    ] = None,
    slack: Annotated[bool, typer.Option("--slack", help="Send it to Slack.")] = False,
    email: Annotated[bool, typer.Option("--email", help="Mail it to [digest] email.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also to those who have it already.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Try the channels without sending anything.")
    ] = False,
) -> None:
    """What changed in a day or a week and what to do next; printed, or sent once to each."""
    sends = slack or email
    if daily and weekly:
        raise WrongUsage("Give --daily or --weekly, not both.")
    if sends and form is not None:
        raise WrongUsage("--format prints the digest; --slack and --email send it. Give one.")
    if again and not sends:
        raise WrongUsage("--again goes with --slack or --email.")
    opened = open_installation(Settings.load())
    try:
        if check:
            _check(opened)
            return
        with progress("Gathering"):
            found = opened.portside.digest("day" if daily else "week", as_of=as_of)
        if sends:
            logs.set_up_logs(logging.ERROR)  # what became of it is told below
            _told(opened.notices.send(found, slack=slack, email=email, again=again))
            return
        letter = opened.notices.letter(found)
        match form or DigestFormat.TEXT:
            case DigestFormat.TEXT:
                write(to_text(letter))
            case DigestFormat.HTML:
                write(to_html(letter))
            case DigestFormat.SLACK:
                write(json.dumps({"blocks": to_blocks(letter)}, indent=2, ensure_ascii=False))
            case DigestFormat.JSON:
                write(to_json(found))
    finally:
        opened.close()


def _check(opened: Installation) -> None:
    found = list(opened.notices.checks())
    for _, sentence in found:
        say(sentence)
    if not found:
        say("No channel is configured: set PORTSIDE_SLACK_WEBHOOK_URL or PORTSIDE_SMTP_URL.")
    if not found or not all(fine for fine, _ in found):
        raise typer.Exit(1)


def _told(outcomes: list[Outcome]) -> None:
    for each in outcomes:
        to = "Slack" if each.channel == "slack" else each.recipient
        if each.state == "sent":
            say(f"{to}: sent at {iso(each.sent_at)}.")
        elif each.error is None:
            say(f"{to}: being sent by another process.")
        else:
            later = "Given up." if each.state == "given_up" else "`portside serve` tries again."
            say(f"{to}: not sent. {each.error} {later}")
    if any(each.state in ("waiting", "given_up") for each in outcomes):
        raise typer.Exit(1)
