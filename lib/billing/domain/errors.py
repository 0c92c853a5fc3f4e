"""Everything that can go wrong for a foreseeable reason.

    BillingError
    ├── ConfigurationError          what was set up is missing or wrong
    │   └── CatalogInvalid          the catalogue file cannot be used
    ├── SignatureInvalid            a webhook that Stripe did not sign
    ├── PayloadInvalid              a body that is not a Stripe event
    │   └── EventUnusable           an event whose object cannot be read
    ├── NotFound
    │   ├── NoCustomer              nobody here has that id
    │   └── NoSuchObject            a subscription, invoice or plan that is not there
    ├── LinkRefused                 a flow not open to this customer now; ``code`` says why
    ├── PortalRefused               the portal's configuration cannot be applied; ``code`` says why
    ├── CloseRefused                a month that cannot be closed (now), and why
    ├── CatalogRefused              the catalogue cannot be applied to Stripe; ``code`` says why
    ├── PermissionDenied            the role may not do this
    │   └── SignInRefused           who it is was not said, not believed, or too long ago
    ├── RateLimited                 too many links in too short a time
    ├── StripeUnavailable           Stripe did not answer, or said to come back later
    ├── StripeRefused               Stripe said no, and why
    ├── KindeUnavailable            Kinde did not answer, or said to come back later
    ├── KindeRefused                Kinde said no
    ├── DatabaseUnavailable         the database is away
    ├── NoticeNotSent               Slack or the mail server did not take a notice over
    ├── Interrupted                 this program is stopping; what was left is done another time
    └── WrongUsage                  a report, filter or option that is not there or cannot be used

Each carries a stable ``code`` (the same on the command line, over HTTP and in the audit) and a
sentence that says what to do.
"""

from __future__ import annotations


class BillingError(Exception):
    """A foreseeable fault: ``code`` is stable, ``str(error)`` is a sentence for a person."""

    code = "billing_error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class ConfigurationError(BillingError):
    code = "configuration"


class CatalogInvalid(ConfigurationError):
    """The catalogue file cannot be used; the message names file, line and remedy."""

    code = "catalog_invalid"

    def __init__(self, message: str, *, code: str | None = None, line: int | None = None) -> None:
        super().__init__(message, code=code)
        self.line = line


class SignatureInvalid(BillingError):
    code = "signature_invalid"


class PayloadInvalid(BillingError):
    code = "payload_invalid"


class EventUnusable(PayloadInvalid):
    """An event that is Stripe's but whose object cannot be read; kept as failed."""

    code = "event_unusable"


class NotFound(BillingError):
    code = "not_found"


class NoCustomer(NotFound):
    code = "no_customer"

    @classmethod
    def named(cls, wanted: str) -> NoCustomer:
        return cls(
            f"No customer matches {wanted!r}. "
            "Check the id, or run `portside backfill` if it is new in Stripe."
        )


class NoSuchObject(NotFound):
    code = "no_such_object"


class LinkRefused(BillingError):
    code = "link_refused"


class PortalRefused(BillingError):
    code = "portal_refused"


class CloseRefused(BillingError):
    """``code``: month_not_over, already_closed, earlier_month_open, first_close, open_points, …"""

    code = "close_refused"


class CatalogRefused(BillingError):
    code = "catalog_refused"


class PermissionDenied(BillingError):
    code = "permission_denied"


class SignInRefused(PermissionDenied):
    """``code`` says why. ``email``: whom it concerns, ``key``: which sign-in, where known."""

    code = "sign_in_refused"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        email: str | None = None,
        key: str | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.email = email
        self.key = key


class RateLimited(BillingError):
    code = "rate_limited"


class StripeUnavailable(BillingError):
    """``retry_after``: the seconds for which Stripe asked not to be asked again."""

    code = "stripe_unavailable"

    def __init__(
        self, message: str, *, code: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class StripeRefused(BillingError):
    code = "stripe_refused"


class KindeUnavailable(BillingError):
    code = "kinde_unavailable"


class KindeRefused(BillingError):
    """``status``: of Kinde's answer, where there is one."""

    code = "kinde_refused"

    def __init__(self, message: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(message, code=code)
        self.status = status


class DatabaseUnavailable(BillingError):
    code = "database_unavailable"


class NoticeNotSent(BillingError):
    """``retry_after``: the seconds for which the other side asked not to be asked again.

    ``away``: it took nothing at all, so that it need not be asked for the next one.
    """

    code = "notice_not_sent"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        retry_after: int | None = None,
        away: bool = False,
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after
        self.away = away or retry_after is not None


class Interrupted(BillingError):
    code = "interrupted"


class WrongUsage(BillingError):
    code = "wrong_usage"
