"""Where things stand in a TOML text."""

from __future__ import annotations

import tomllib

from lib.billing.domain.toml_lines import lines_of

TEXT = '''\
# [not.a.table]
top = "a # b"  # [nor.this]
[plans.pro]
name = """
[plans.inside]
key = 1
"""
bullets = [
  "x = [",   # a text
  'y = "',
]
limits = { seats = 3, rows = 4 }
"quo.ted" = '\\'
a.b = 1
[[plans.pro.prices]]
amount = 1
[[plans.pro.prices]]
amount = 2
[plans.pro.prices.inner]
deep = 1
[[other]]
[features."with.dot"]
name = "\\""
last = 1
'''


def test_every_table_and_key_has_its_line():
    assert tomllib.loads(TEXT)["plans"]["pro"]["prices"][1]["inner"] == {"deep": 1}
    assert lines_of(TEXT) == {
        ("top",): 2,
        ("plans", "pro"): 3,
        ("plans", "pro", "name"): 4,
        ("plans", "pro", "bullets"): 8,
        ("plans", "pro", "limits"): 12,
        ("plans", "pro", "quo.ted"): 13,
        ("plans", "pro", "a"): 14,
        ("plans", "pro", "a", "b"): 14,
        ("plans", "pro", "prices"): 15,
        ("plans", "pro", "prices", 0): 15,
        ("plans", "pro", "prices", 0, "amount"): 16,
        ("plans", "pro", "prices", 1): 17,
        ("plans", "pro", "prices", 1, "amount"): 18,
        ("plans", "pro", "prices", 1, "inner"): 19,
        ("plans", "pro", "prices", 1, "inner", "deep"): 20,
        ("other",): 21,
        ("other", 0): 21,
        ("features", "with.dot"): 22,
        ("features", "with.dot", "name"): 23,
        ("features", "with.dot", "last"): 24,
    }
