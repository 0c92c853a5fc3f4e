"""One-time links into Kinde's portal, through the management API.

The API wants a token of its own (client credentials), which is kept in memory until shortly before
it ends; an address is handed on and kept nowhere.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from ..config import Settings
from ..domain.errors import KindeRefused, KindeUnavailable
from .asking import ask
from .settings import KindeSettings, kinde_settings

_EARLY: Final = 60.0
"""Seconds before its end at which a token is not used any more."""


class KindePortal:
    """Asks for addresses; usable from several threads."""

    def __init__(
        self, settings: KindeSettings, *, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._ticks = ticks
        self._lock = threading.Lock()
        self._token: str | None = None
        self._until = float("-inf")

    def address(
        self, user_id: str, *, org_code: str | None, sub_nav: str, return_url: str | None
    ) -> str:
        """An address that opens the portal as ``user_id``, once.

        Raises KindeRefused (``kinde_user_unknown``, ``kinde_credentials``), KindeUnavailable.
        """
        asked = {
            "user_id": user_id,
            "organization_code": org_code,
            "sub_nav": sub_nav,
            "return_url": return_url,
        }
        body = {key: value for key, value in asked.items() if value is not None}
        try:
            answer = self._post(body, self.token())
        except KindeRefused as error:
            if error.status != 401:
                raise _told(error) from None
            try:
                answer = self._post(body, self.token(fresh=True))  # it was withdrawn
            except KindeRefused as again:
                raise _told(again) from None
        url = answer.get("url") if isinstance(answer, dict) else None
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise KindeUnavailable("Kinde gave no address. Try again in a moment.")
        return url

    def token(self, *, fresh: bool = False) -> str:
        """An access token. Raises KindeRefused (``kinde_credentials``), KindeUnavailable."""
        with self._lock:
            if self._token is None or fresh or self._ticks() >= self._until:
                self._token, lasts = self._authorized()
                self._until = self._ticks() + lasts - _EARLY
            return self._token

    def _authorized(self) -> tuple[str, float]:
        settings = self._settings
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret,
            "audience": f"{settings.issuer}/api",
        }
        try:
            answer = ask("POST", f"{settings.issuer}/oauth2/token", data=form)
        except KindeRefused:
            raise KindeRefused(
                "Kinde does not accept the application's credentials. Check "
                "PORTSIDE_KINDE_CLIENT_ID and PORTSIDE_KINDE_CLIENT_SECRET, and that the "
                "application may use the management API.",
                code="kinde_credentials",
            ) from None
        token = answer.get("access_token") if isinstance(answer, dict) else None
        lasts = answer.get("expires_in") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise KindeUnavailable("Kinde gave no access token. Try again in a moment.")
        return token, float(lasts) if isinstance(lasts, int | float) else 0.0

    def _post(self, body: dict[str, str], token: str) -> Any:
        return ask(
            "POST",
            f"{self._settings.issuer}/api/v1/portal/generate_url",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
        )


def portal_of(settings: Settings) -> KindePortal | None:
    """The tenant's portal; None unless an application of the tenant's is configured."""
    found = kinde_settings(settings)
    return KindePortal(found) if found is not None and found.can_ask else None


def _told(error: KindeRefused) -> KindeRefused:
    """What a refusal to make an address means."""
    if error.status == 404:
        return KindeRefused(
            "Kinde does not know the person or the organization (any more). Look them up there.",
            code="kinde_user_unknown",
            status=404,
        )
    if error.status in (401, 403):
        return KindeRefused(
            "The application may not make portal links. Give it that right in Kinde.",
            code="kinde_credentials",
            status=error.status,
        )
    return error
