"""What the sandbox answers when it refuses, in Stripe's wording and shape.

``SandboxError`` is the only exception a caller sees. Its named constructors are the cases
that Stripe distinguishes; each says which HTTP status, ``code`` and ``param`` go with it.
"""

from __future__ import annotations

from typing import Any

RESOURCE_NAMES = {
    "billing_portal.configuration": "configuration",
    "checkout.session": "checkout.session",
    "entitlements.feature": "feature",
    "payment_method": "PaymentMethod",
    "payment_intent": "payment_intent",
    "setup_intent": "setupintent",
    "subscription_item": "subscription_item",
    "test_helpers.test_clock": "billing test clock",
}


class SandboxError(Exception):
    """A refusal, rendered as ``{"error": {...}}`` with ``status`` as the HTTP status."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = type
        self.code = code
        self.param = param
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        error: dict[str, Any] = {"message": self.message, "type": self.type}
        if self.code is not None:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param is not None:
            error["param"] = self.param
        error.update(self.extra)
        return {"error": error}

    @classmethod
    def missing_resource(cls, kind: str, id: str, *, param: str = "id") -> SandboxError:
        """404 when the id is in the path (``param="id"``), 400 when it came as a parameter."""
        name = RESOURCE_NAMES.get(kind, kind)
        return cls(
            f"No such {name}: '{id}'",
            status=404 if param == "id" else 400,
            code="resource_missing",
            param=param,
        )

    @classmethod
    def unknown_parameters(cls, names: list[str]) -> SandboxError:
        plural = "s" if len(names) > 1 else ""
        return cls(
            f"Received unknown parameter{plural}: {', '.join(names)}",
            code="parameter_unknown",
            param=names[0],
        )

    @classmethod
    def missing_parameter(cls, name: str) -> SandboxError:
        return cls(f"Missing required param: {name}.", code="parameter_missing", param=name)

    @classmethod
    def empty_parameter(cls, name: str) -> SandboxError:
        return cls(
            f"You passed an empty string for '{name}'. We assume empty values are an attempt to "
            f"unset a parameter; however '{name}' cannot be unset. You should remove '{name}' "
            "from your request or supply a non-empty value.",
            code="parameter_invalid_empty",
            param=name,
        )

    @classmethod
    def unsupported_parameter(cls, name: str) -> SandboxError:
        """Stripe knows the parameter, this sandbox does not act on it."""
        return cls(
            f"This sandbox does not implement the parameter '{name}'. Leave it out.",
            code="parameter_unknown",
            param=name,
        )

    @classmethod
    def no_route(cls, method: str, path: str) -> SandboxError:
        return cls(f"Unrecognized request URL ({method}: {path}).", status=404)

    @classmethod
    def no_key(cls) -> SandboxError:
        return cls(
            "You did not provide an API key. You need to provide your API key in the "
            "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer "
            "YOUR_SECRET_KEY').",
            status=401,
        )

    @classmethod
    def bad_key(cls) -> SandboxError:
        return cls(
            "Invalid API Key provided. This sandbox has test mode only: use any key that starts "
            "with sk_test_ or rk_test_.",
            status=401,
        )

    @classmethod
    def internal(cls, request_id: str) -> SandboxError:
        """500: a fault of the sandbox itself; its log says more."""
        return cls(
            f"The sandbox failed on this request ({request_id}). Its log has the reason.",
            status=500,
            type="api_error",
        )

    @classmethod
    def reused_idempotency_key(cls, key: str) -> SandboxError:
        return cls(
            "Keys for idempotent requests can only be used with the same parameters they were "
            f"first used with. Try using a key other than '{key}' if you meant to execute a "
            "different request.",
            type="idempotency_error",
        )

    @classmethod
    def card_declined(cls, error: dict[str, Any], **extra: Any) -> SandboxError:
        """402 from the ``last_payment_error`` of a payment intent."""
        rest = {k: v for k, v in error.items() if k not in {"message", "type", "code", "param"}}
        return cls(
            str(error["message"]),
            status=402,
            type="card_error",
            code=error.get("code"),
            param=error.get("param"),
            **{**rest, **extra},
        )
