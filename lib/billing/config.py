"""What this installation is configured with: the environment, and `portside.toml`.

Every mistake is one :class:`ConfigurationError` that names what to change. Secrets never show in a
representation or a message.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from .domain.errors import ConfigurationError
from .settings.api_tokens import PER_SECOND, ApiToken, read_api_tokens
from .settings.business import Business, read_business
from .settings.outgoing import Secrets, read_secrets

Mode = Literal["test", "live"]

SHORTEST_KEY: Final = 32
_KEY: Final = re.compile(r"(?:sk|rk)_(test|live)_\S+")


class Settings(BaseModel):
    """The environment of one installation. Names in capitals are the variables."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="ignore")

    database_url: str = Field("sqlite:///portside.db", alias="PORTSIDE_DATABASE_URL", repr=False)
    read_database_url: str | None = Field(None, alias="PORTSIDE_READ_DATABASE_URL", repr=False)
    api_key: SecretStr | None = Field(None, alias="STRIPE_API_KEY")
    configured_mode: Mode = Field("test", alias="PORTSIDE_MODE")
    now: str | None = Field(None, alias="PORTSIDE_NOW")
    api_tokens: SecretStr | None = Field(None, alias="PORTSIDE_API_TOKEN")
    api_rate: int = Field(PER_SECOND, alias="PORTSIDE_API_RATE", gt=0)
    outgoing_secret: SecretStr | None = Field(None, alias="PORTSIDE_OUTGOING_SECRET")
    proxy_secret: SecretStr | None = Field(None, alias="PORTSIDE_PROXY_SECRET")
    kinde_issuer: str | None = Field(None, alias="PORTSIDE_KINDE_ISSUER")
    kinde_client_id: str | None = Field(None, alias="PORTSIDE_KINDE_CLIENT_ID")
    kinde_client_secret: SecretStr | None = Field(None, alias="PORTSIDE_KINDE_CLIENT_SECRET")
    webhook_secret: SecretStr | None = Field(None, alias="STRIPE_WEBHOOK_SECRET")
    stripe_api_base: str | None = Field(None, alias="PORTSIDE_STRIPE_API_BASE")
    catalog: Path = Field(Path("catalog.toml"), alias="PORTSIDE_CATALOG")
    return_url: str | None = Field(None, alias="PORTSIDE_RETURN_URL")
    return_key: SecretStr | None = Field(None, alias="PORTSIDE_RETURN_KEY")
    claim_key_files: str | None = Field(None, alias="PORTSIDE_CLAIM_KEYS")
    claim_issuer: str = Field("portside", alias="PORTSIDE_CLAIM_ISSUER")
    claim_audience: str | None = Field(None, alias="PORTSIDE_CLAIM_AUDIENCE")
    config: Path = Field(Path("portside.toml"), alias="PORTSIDE_CONFIG")
    dashboard_url: str | None = Field(None, alias="PORTSIDE_DASHBOARD_URL")
    slack_webhook_url: SecretStr | None = Field(None, alias="PORTSIDE_SLACK_WEBHOOK_URL")
    smtp_url: SecretStr | None = Field(None, alias="PORTSIDE_SMTP_URL")
    mail_from: str | None = Field(None, alias="PORTSIDE_MAIL_FROM")
    backups: Path | None = Field(None, alias="PORTSIDE_BACKUPS")

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the environment; a variable that is set to nothing counts as not set."""
        given = os.environ if environment is None else environment
        try:
            return cls.model_validate({k: v.strip() for k, v in given.items() if v.strip()})
        except ValidationError as error:
            raise ConfigurationError(_sentence(error)) from None

    @field_validator("api_key")
    @classmethod
    def _names_a_mode(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and _KEY.fullmatch(key.get_secret_value()) is None:
            raise ValueError("should begin with rk_test_, rk_live_, sk_test_ or sk_live_")
        return key

    @field_validator("return_key")
    @classmethod
    def _is_long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and any(len(k) < SHORTEST_KEY for k in _listed(key)):
            raise ValueError(f"should be {SHORTEST_KEY} random characters or more")
        return key

    @field_validator("stripe_api_base", "dashboard_url")
    @classmethod
    def _is_an_address(cls, base: str | None) -> str | None:
        if base is not None and not is_absolute_url(base):
            raise ValueError("should be an address like https://billing.example.com")
        return None if base is None else base.rstrip("/")

    @field_validator("kinde_issuer")
    @classmethod
    def _is_an_issuer(cls, issuer: str | None) -> str | None:
        if issuer is not None and not is_absolute_url(issuer):
            raise ValueError("should be an address like https://company.kinde.com")
        return None if issuer is None else issuer.rstrip("/")

    @property
    def mode(self) -> Mode:
        """Test or live: what the key says; without a key what PORTSIDE_MODE says."""
        found = self.api_key and _KEY.fullmatch(self.api_key.get_secret_value())
        if not found:
            return self.configured_mode
        return "live" if found[1] == "live" else "test"

    @property
    def livemode(self) -> bool:
        return self.mode == "live"

    @property
    def given(self) -> frozenset[str]:
        """The variables that were set."""
        fields = type(self).model_fields
        return frozenset(str(fields[name].alias) for name in self.model_fields_set)

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """Every configured signing secret; none means that the endpoint is off."""
        return _listed(self.webhook_secret)

    @property
    def return_keys(self) -> tuple[str, ...]:
        """Keys of the return page's tokens: the first signs, every one is accepted."""
        return _listed(self.return_key)

    @property
    def api_callers(self) -> tuple[ApiToken, ...]:
        """Who may ask `/v1`; nobody means that it is off. Raises ConfigurationError."""
        return read_api_tokens(self.api_tokens.get_secret_value()) if self.api_tokens else ()

    @property
    def outgoing_secrets(self) -> Secrets:
        """What signs outgoing events, by endpoint. Raises ConfigurationError."""
        return read_secrets(self.outgoing_secret.get_secret_value()) if self.outgoing_secret else {}

    @property
    def claim_keys(self) -> tuple[Path, ...]:
        """Files of the keys that sign plans: the first signs, every one is published."""
        parts = (self.claim_key_files or "").split(",")
        return tuple(Path(part.strip()) for part in parts if part.strip())

    def business(self) -> Business:
        """What `portside.toml` says. Raises ConfigurationError."""
        return read_business(self.config, required="config" in self.model_fields_set)


def _listed(secret: SecretStr | None) -> tuple[str, ...]:
    """The parts of a comma-separated secret; several while one is being rolled."""
    if secret is None:
        return ()
    parts = secret.get_secret_value().split(",")
    return tuple(part.strip() for part in parts if part.strip())


def is_absolute_url(text: str) -> bool:
    """Whether ``text`` is an http or https address with a host."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _sentence(error: ValidationError) -> str:
    first: Any = error.errors(include_input=False, include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else "The configuration"
    if name == "PORTSIDE_MODE":
        return "PORTSIDE_MODE should be “test” or “live”."
    problem = str(first["msg"]).removeprefix("Value error, ")
    return f"{name} {problem}."
