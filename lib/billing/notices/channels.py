"""The channels that are configured."""

from __future__ import annotations

from typing import Final

from ..config import Settings
from ..domain.errors import ConfigurationError
from .channel import Channel
from .mail import Mail, parse_server
from .slack import Slack

NEEDS: Final = {"slack": "PORTSIDE_SLACK_WEBHOOK_URL", "email": "PORTSIDE_SMTP_URL"}
"""Every channel, and what it is switched on by."""


def open_channel(settings: Settings, name: str) -> Channel | None:
    """None where it has no settings. Raises ConfigurationError for settings that cannot be used."""
    if name == "slack":
        url = settings.slack_webhook_url
        return None if url is None else Slack(url.get_secret_value())
    if settings.smtp_url is None:
        return None
    if settings.mail_from is None:
        raise ConfigurationError(
            "Mail needs a sender: set PORTSIDE_MAIL_FROM beside PORTSIDE_SMTP_URL."
        )
    return Mail(parse_server(settings.smtp_url.get_secret_value()), settings.mail_from)
