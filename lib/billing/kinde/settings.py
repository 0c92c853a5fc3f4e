"""Where Kinde is, and who asks there."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..config import Settings


@dataclass(frozen=True, slots=True)
class KindeSettings:
    """``issuer``: the tenant's address, without a slash at its end. ``client_id`` and
    ``client_secret``: a machine-to-machine application's; without them webhooks are taken and no
    links are made."""

    issuer: str
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)

    @property
    def can_ask(self) -> bool:
        return self.client_id is not None and self.client_secret is not None


def kinde_settings(settings: Settings) -> KindeSettings | None:
    """What the environment says of Kinde; None when it is off."""
    if settings.kinde_issuer is None:
        return None
    secret = settings.kinde_client_secret
    return KindeSettings(
        settings.kinde_issuer,
        settings.kinde_client_id,
        None if secret is None else secret.get_secret_value(),
    )
