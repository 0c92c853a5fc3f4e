"""The shared login page: an e-mail address, then a one-time code, then a portal session.

There is no mail in a sandbox, so the page itself shows the code that would have been sent.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from lib.sandbox.hosted.portal_visit import NO_SUCH_LINK
from lib.sandbox.hosted.web import Visit, route
from lib.sandbox.portal import configurations, logins, sessions


def show(visit: Visit) -> Response:
    configuration = configurations.by_login_slug(visit.sandbox, visit.path["slug"])
    if configuration is None:
        return visit.message("This link is not valid", NO_SUCH_LINK, status=404)
    return _email_step(visit, visit.query.get("prefilled_email", ""))


def submit(visit: Visit) -> Response:
    """Either the e-mail address (a code is made) or the code (a session is made)."""
    configuration = configurations.by_login_slug(visit.sandbox, visit.path["slug"])
    if configuration is None:
        return visit.message("This link is not valid", NO_SUCH_LINK, status=404)
    if "attempt" in visit.form:
        return _log_in(visit)
    email = visit.form.get("email", "").strip()
    if "@" not in email:
        return _email_step(visit, email, error="Enter your e-mail address.")
    customer = logins.customer_for(visit.sandbox, email)
    grant = {
        "configuration": configuration["id"],
        "return_url": configuration["default_return_url"],
        "flow": None,
        "after_expiration": None,
    }
    return _code_step(visit, email, customer, grant)


def recover(visit: Visit) -> Response:
    """After an address expired whose session allows a login: the same steps, the same session."""
    old = sessions.by_secret(visit.sandbox, visit.path["secret"])
    if old is None or not sessions.may_recover(visit.sandbox, old):
        return visit.message("This link is not valid", NO_SUCH_LINK, status=404)
    if "attempt" in visit.form:
        return _log_in(visit)
    customer = visit.sandbox.get("customer", old["customer"])
    grant = {
        "configuration": old["configuration"],
        "return_url": old["return_url"],
        "flow": None if old["_"]["completed"] else old["flow"],
        "after_expiration": old["after_expiration"],
    }
    return _code_step(visit, customer["email"] or "", customer, grant)


def _email_step(visit: Visit, email: str, *, error: str | None = None) -> Response:
    return visit.page(
        "login.html",
        title="Log in to manage your billing",
        step="email",
        action=f"/p/login/{visit.path['slug']}",
        email=email,
        error=error,
    )


def _code_step(
    visit: Visit, email: str, customer: dict[str, Any] | None, grant: dict[str, Any]
) -> Response:
    attempt = logins.start(visit.sandbox, email, customer, grant)
    return _ask_code(visit, attempt)


def _ask_code(visit: Visit, attempt: dict[str, Any], *, error: str | None = None) -> Response:
    code = attempt["code"]
    mail = (
        f"Sandbox: the mail would say that your code is {code}."
        if attempt["customer"]
        else "Sandbox: no customer has this e-mail address, so no mail would be sent."
    )
    slug = visit.path.get("slug")
    return visit.page(
        "login.html",
        title="Enter your code",
        step="code",
        action=f"/p/login/{slug}" if slug else f"/p/recover/{visit.path['secret']}",
        email=attempt["email"],
        attempt=attempt["id"],
        mail=mail,
        error=error,
    )


def _log_in(visit: Visit) -> Response:
    attempt = logins.attempt(visit.sandbox, visit.form["attempt"])
    if attempt is None:
        return visit.message("This code has expired", "Start again and ask for a new code.")
    session = logins.redeem(visit.sandbox, attempt, visit.form.get("code", "").strip())
    if session is None:
        return _ask_code(visit, attempt, error="This code is not right. Try again.")
    return visit.redirect(session["url"])


routes = [
    route("GET", "/p/login/{slug}", show),
    route("POST", "/p/login/{slug}", submit),
    route("POST", "/p/recover/{secret}", recover),
]
