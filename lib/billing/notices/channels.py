"""The channels that are configured."""

from __future__ import annotations

from ..config import Settings
from ..domain.errors import ConfigurationError
from .channel import Channel
from .mail import Mail, parse_server
from .slack import Slack


def open_channels(settings: Settings) -> dict[str, Channel]:
    """By name: those that have their settings. Raises ConfigurationError for unusable ones."""
    found: dict[str, Channel] = {}
    if settings.slack_webhook_url is not None:
        found["slack"] = Slack(settings.slack_webhook_url.get_secret_value())
    if settings.smtp_url is not None:
        if settings.mail_from is None:
            raise ConfigurationError(
                "Mail needs a sender: set PORTSIDE_MAIL_FROM beside PORTSIDE_SMTP_URL."
            )
        server = parse_server(settings.smtp_url.get_secret_value())
        found["email"] = Mail(server, settings.mail_from)
    return found


NEEDS = {"slack": "PORTSIDE_SLACK_WEBHOOK_URL", "email": "PORTSIDE_SMTP_URL"}
"""What a channel is switched on by."""
