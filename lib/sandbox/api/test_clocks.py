"""/v1/test_helpers/test_clocks."""

from __future__ import annotations

from lib.sandbox import params as p
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.billing import test_clocks
from lib.sandbox.paging import listing, page

URL = "/v1/test_helpers/test_clocks"


@endpoint("POST", URL, {"frozen_time": p.timestamp(required=True), "name": p.text(limit=300)})
def create(call: Call) -> Object:
    return test_clocks.create(call.sandbox, call.params)


@endpoint("GET", URL + "/{test_clock}")
def retrieve(call: Call, test_clock: str) -> Object:
    return call.sandbox.get(test_clocks.KIND, test_clock)


@endpoint("POST", URL + "/{test_clock}/advance", {"frozen_time": p.timestamp(required=True)})
def advance(call: Call, test_clock: str) -> Object:
    return test_clocks.advance(call.sandbox, test_clock, call.params["frozen_time"])


@endpoint("DELETE", URL + "/{test_clock}")
def delete(call: Call, test_clock: str) -> Object:
    return test_clocks.delete(call.sandbox, test_clock)


@endpoint("GET", URL, listing())
def list_(call: Call) -> Object:
    return page(call.sandbox, test_clocks.KIND, URL, call.params)
