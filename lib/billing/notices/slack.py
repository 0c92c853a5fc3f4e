"""Slack's incoming webhook. Its address is a secret: who has it can post."""

from __future__ import annotations

from typing import Final
from urllib.error import URLError
from urllib.parse import urlsplit

from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from ..config import is_absolute_url
from ..digest.letter import Letter
from ..digest.slack import to_blocks, to_fallback
from ..domain.errors import ConfigurationError, NoticeNotSent

SECONDS: Final = 10
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Slack:
    """Posts to one webhook. Raises ConfigurationError for an address that cannot be one."""

    def __init__(self, url: str, *, seconds: int = SECONDS) -> None:
        if not is_absolute_url(url) or not _is_safe(url):
            raise ConfigurationError(
                "PORTSIDE_SLACK_WEBHOOK_URL should be the https address of an incoming webhook."
            )
        # No retry of the library's own: it would post a second time what may have arrived.
        self._client = WebhookClient(url, timeout=seconds, retry_handlers=[])

    def send(self, letter: Letter, recipient: str, once: str) -> None:
        try:
            answer = self._client.send(
                text=to_fallback(letter),
                blocks=to_blocks(letter),
                unfurl_links=False,
                unfurl_media=False,
            )
        except (SlackClientError, URLError, OSError, ValueError) as error:
            # The library's message may repeat the address.
            said = f"Slack could not be reached ({_kind(error)})."
            raise NoticeNotSent(said, away=True) from None
        if answer.status_code != 200:
            raise NoticeNotSent(
                f"Slack answered {answer.status_code} ({_known(answer.body)}).",
                retry_after=_seconds(answer.headers.get("Retry-After")),
            )

    def check(self) -> str:
        return "Slack: the address has the right form; only a message would try it."


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in _LOOPBACK


def _kind(error: BaseException) -> str:
    reason = getattr(error, "reason", None)
    return type(reason if isinstance(reason, BaseException) else error).__name__


def _known(body: str) -> str:
    """Slack's short code such as ``no_service``; any other text may be anything."""
    code = (body or "").strip()
    return code if code.replace("_", "").isalnum() and len(code) <= 60 else "no reason"


def _seconds(header: str | None) -> int | None:
    return int(header) if header and header.isdecimal() and len(header) < 6 else None
