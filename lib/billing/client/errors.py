"""What can go wrong.

PortsideError
├── PortsideUnavailable   no answer: network, timeout, 5xx
├── PortsideRefused       an answer that says no; ``code`` is stable, see docs/api.md
└── ClaimInvalid          a token that Portside did not sign, or that has ended
"""

from __future__ import annotations


class PortsideError(Exception):
    """Something went wrong; no message holds the token or an address of a session."""


class PortsideUnavailable(PortsideError):
    """No answer that could be used."""


class PortsideRefused(PortsideError):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{message} [{code}]")
        self.status = status
        self.code = code
        self.message = message


class ClaimInvalid(PortsideError):
    """The token must not be believed."""


class UnknownKey(ClaimInvalid):
    """Signed by a key that is not known here yet."""
