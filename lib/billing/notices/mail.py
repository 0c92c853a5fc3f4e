"""Mail over SMTP, one message a recipient: nobody sees who else gets it, and one bad address
keeps it from nobody."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from ..digest.html import to_html
from ..digest.letter import Letter, clean
from ..digest.text import to_text
from ..domain.errors import ConfigurationError, NoticeNotSent
from ..settings.notices import is_address

SECONDS: Final = 20
_PORTS: Final = {"smtp": 587, "smtps": 465}
_WANTED: Final = (
    "PORTSIDE_SMTP_URL should be like smtp://user:password@host:587?starttls=1, or "
    "smtps://user:password@host:465."
)


@dataclass(frozen=True, slots=True)
class Server:
    """``starttls``: without it a plain connection stays plain."""

    host: str
    port: int
    ssl: bool
    starttls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def parse_server(url: str) -> Server:
    """The mail server that ``url`` names. Raises ConfigurationError, without the password."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except (ValueError, KeyError):
        raise ConfigurationError(_WANTED) from None
    starttls = options.pop("starttls", "0" if parts.scheme == "smtps" else "1")
    if not parts.hostname or options or starttls not in ("0", "1") or parts.path not in ("", "/"):
        raise ConfigurationError(_WANTED)
    secured = parts.scheme == "smtps" or starttls == "1"
    if parts.username and not secured:
        raise ConfigurationError(
            "PORTSIDE_SMTP_URL would send a password unencrypted: leave starttls=0 out."
        )
    return Server(
        host=parts.hostname,
        port=port,
        ssl=parts.scheme == "smtps",
        starttls=starttls == "1" and parts.scheme == "smtp",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


class Mail:
    """Sends from ``sender``. Raises ConfigurationError for what cannot be used."""

    def __init__(
        self,
        server: Server,
        sender: str,
        *,
        seconds: float = SECONDS,
        context: ssl.SSLContext | None = None,
    ) -> None:
        if not is_address(sender):
            raise ConfigurationError(
                "PORTSIDE_MAIL_FROM should be an address like portside@example.com."
            )
        self._server = server
        self._sender = sender
        self._seconds = seconds
        self._context = context or ssl.create_default_context()

    def send(self, letter: Letter, recipient: str, once: str) -> None:
        message = self.message(letter, recipient, once)
        taken = False
        try:
            with self._connected() as server:
                server.send_message(message, self._sender, [recipient])
                taken = True
        except NoticeNotSent:
            if not taken:  # a goodbye that fails takes nothing back
                raise

    def check(self) -> str:
        with self._connected() as server:
            server.noop()
        where = f"{self._server.host}:{self._server.port}"
        return f"Mail: {where} answers{' and takes the password' if self._server.user else ''}."

    def message(self, letter: Letter, recipient: str, once: str) -> EmailMessage:
        """The same Message-ID for every attempt: what comes twice is seen once."""
        message = EmailMessage(policy=SMTP)
        local, _, domain = self._sender.rpartition("@")
        named = hashlib.sha256(f"{once}\n{recipient}".encode()).hexdigest()[:32]
        message["From"] = Address("Portside", local, domain)
        message["To"] = recipient
        message["Subject"] = clean(letter.subject, 150)
        message["Message-ID"] = f"<{named}@{domain}>"
        message["Date"] = localtime()
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(to_text(letter), cte="quoted-printable")
        message.add_alternative(to_html(letter), subtype="html", cte="quoted-printable")
        return message

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A server that has let us in. Faults become NoticeNotSent."""
        told = self._server
        try:
            with self._open() as server:
                if told.starttls:
                    server.starttls(context=self._context)
                if told.user is not None:
                    server.login(told.user, told.password or "")
                yield server
        except smtplib.SMTPRecipientsRefused as error:
            code = next((reply[0] for reply in error.recipients.values()), 0)
            raise NoticeNotSent(f"The mail server refused the recipient ({code}).") from None
        except smtplib.SMTPNotSupportedError:
            said = "The mail server offers no STARTTLS, or no sign-in."
            raise NoticeNotSent(said, away=True) from None
        except smtplib.SMTPAuthenticationError as error:
            raise NoticeNotSent(
                f"The mail server refused the password ({error.smtp_code})."
            ) from None
        except smtplib.SMTPResponseException as error:
            raise NoticeNotSent(f"The mail server answered {error.smtp_code}.") from None
        except (smtplib.SMTPException, OSError) as error:
            said = f"The mail server could not be used ({type(error).__name__})."
            raise NoticeNotSent(said, away=True) from None

    def _open(self) -> smtplib.SMTP:
        told = self._server
        if told.ssl:
            return smtplib.SMTP_SSL(
                told.host, told.port, timeout=self._seconds, context=self._context
            )
        return smtplib.SMTP(told.host, told.port, timeout=self._seconds)
