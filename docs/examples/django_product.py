"""A product in Django: a decorator that gates by flag, and the Manage billing button.

In a project this is `gating.py`; its settings are PORTSIDE_URL and PORTSIDE_TOKEN.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

# Or copy the folder lib/billing/client into the product; it needs httpx and joserfc alone.
from lib.billing.client import PortsideClient, PortsideRefused, PortsideUnavailable

View = Callable[..., HttpResponse]


@cache
def portside() -> PortsideClient:
    """One for the whole process: it is thread-safe and remembers answers."""
    return PortsideClient(settings.PORTSIDE_URL, settings.PORTSIDE_TOKEN, on_failure="stale")


def requires(flag: str) -> Callable[[View], View]:
    """402 unless the plan of the organization that the member acts for has the flag."""

    def decorate(view: View) -> View:
        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
            if not portside().has(organization_of(request), flag):
                return JsonResponse({"error": f"Your plan does not have {flag}."}, status=402)
            return view(request, *args, **more)

        return gated

    return decorate


def organization_of(request: HttpRequest) -> str:
    """Stands for the product's own session, as do the two headers below."""
    return request.headers["X-Org"]


@requires("advanced_analytics")
def reports(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"reports": "all of them"})


@require_POST
@never_cache
def manage_billing(request: HttpRequest) -> HttpResponse:
    """The button. The address is used at once and kept nowhere."""
    try:
        url = portside().portal_url(
            org=organization_of(request),
            member=request.headers["X-Member"],
            permissions=request.headers.get("X-Permissions", "").split(),
        )
    except PortsideRefused as refused:
        status = 403 if refused.code == "member_not_permitted" else 409
        return JsonResponse({"error": refused.message}, status=status)
    except PortsideUnavailable:
        return JsonResponse({"error": "Billing is away. Try again in a moment."}, status=503)
    answer = HttpResponseRedirect(url)
    answer.status_code = 303
    return answer


urlpatterns = [path("reports", reports), path("billing", manage_billing)]
