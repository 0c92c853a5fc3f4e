"""A Slack endpoint and a mail server on real ports, which can be away, slow or of another mind."""

from __future__ import annotations

import datetime
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class SlackEnd:
    """``answers``: (status, body, headers) one after the other, then 200."""

    url: str = ""
    answers: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)
    posted: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0


@contextmanager
def slack_end() -> Iterator[SlackEnd]:
    end = SlackEnd()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            end.posted.append(json.loads(body))
            time.sleep(end.seconds)
            status, text, headers = end.answers.pop(0) if end.answers else (200, "ok", {})
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())
            except OSError:
                return  # who asked has gone

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    end.url = f"http://127.0.0.1:{server.server_port}/services/T000/B000/secretpart"
    try:
        yield end
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class MailEnd:
    """``refused``: recipients that are turned away. ``greeting``: seconds before an answer to
    DATA."""

    port: int = 0
    refused: set[str] = field(default_factory=set)
    data_answer: str = "250 OK"
    seconds: float = 0
    taken: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)

    @property
    def to(self) -> list[str]:
        return [address for _, recipients, _ in self.taken for address in recipients]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        time.sleep(self.seconds)
        if not self.data_answer.startswith("250"):
            return self.data_answer
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append((envelope.mail_from or "", list(envelope.rcpt_tos), message))
        self.secured.append(session.ssl is not None)
        return self.data_answer

    def let_in(self, _server: Any, _session: Any, _envelope: Any, _kind: Any, data: Any) -> Any:
        assert isinstance(data, LoginPassword)
        self.signed_in.append(data.login.decode())
        return AuthResult(success=data.password == b"right pass", handled=False)


@contextmanager
def mail_end(
    tls: ssl.SSLContext | None = None, *, implicit: ssl.SSLContext | None = None
) -> Iterator[MailEnd]:
    """``tls``: offered by STARTTLS, and needed to sign in; ``implicit``: from the first byte."""
    end = MailEnd()
    options: dict[str, Any] = {"ssl_context": implicit} if implicit else {"tls_context": tls}
    controller = Controller(
        end,
        hostname="127.0.0.1",
        port=0,
        authenticator=end.let_in,
        auth_require_tls=tls is not None,
        **options,
    )
    controller.port = _free_port()
    controller.start()
    end.port = controller.port
    try:
        yield end
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(the server's side, a client's that trusts it) of a certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    import ipaddress

    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + built.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    client = ssl.create_default_context(
        cadata=built.public_bytes(serialization.Encoding.PEM).decode()
    )
    return server, client
