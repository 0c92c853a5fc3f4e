"""``previous_attributes``: old values of what changed, in Stripe's shape."""

from __future__ import annotations

from typing import Any

import pytest

from lib.sandbox.events import snapshot_diff

OLD_ITEM = {"id": "si_1", "quantity": 1}
NEW_ITEM = {"id": "si_1", "quantity": 2}


@pytest.mark.parametrize(
    ("before", "after", "previous"),
    [
        pytest.param({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"b": 2}, id="only what changed"),
        pytest.param({"a": None}, {"a": 5}, {"a": None}, id="a value that was null"),
        pytest.param(
            {"m": {"x": "1"}}, {"m": {"x": "1", "y": "2"}}, {"m": {"y": None}}, id="a new key"
        ),
        pytest.param(
            {"m": {"x": "1", "y": "2"}}, {"m": {"x": "1"}}, {"m": {"y": "2"}}, id="a removed key"
        ),
        pytest.param(
            {"d": {"reason": None, "comment": None}},
            {"d": {"reason": "why", "comment": None}},
            {"d": {"reason": None}},
            id="a nested object holds only its changed keys",
        ),
        pytest.param({"l": [1, 2]}, {"l": [1, 3]}, {"l": [1, 2]}, id="a list is whole"),
        pytest.param({"d": {"a": 1}}, {"d": None}, {"d": {"a": 1}}, id="an object that went"),
        pytest.param(
            {"items": {"object": "list", "data": [OLD_ITEM], "url": "/x"}},
            {"items": {"object": "list", "data": [NEW_ITEM], "url": "/x"}},
            {"items": {"data": [OLD_ITEM]}},
            id="a list object shows all its old elements",
        ),
        pytest.param({"_": {"a": 1}}, {"_": {"a": 2}}, {}, id="the sandbox's own part is nobody's"),
    ],
)
def test_the_difference_is_told_as_stripe_tells_it(
    before: dict[str, Any], after: dict[str, Any], previous: dict[str, Any]
) -> None:
    assert snapshot_diff(before, after) == previous
