"""Exit codes and sentences: 0 fine, 1 found or hit something, 2 wrong usage; never a traceback."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from typer import Typer

from lib.billing import cli
from lib.billing.cli import COMMANDS

WRONG = {
    "a command that does not exist": (["dance"], 2, "No such command"),
    "a report that does not exist": (["report", "weather"], 2, "There is no report 'weather'"),
    "a time that is none": (["report", "entitlements", "--as-of", "soon"], 2, "neither a day"),
    "a day after the last one": (["explain", "cus_1", "--at", "9999-12-31"], 2, "1970 and 9998"),
    "a time after the last one": (
        ["explain", "cus_1", "--at", "9999-12-31T23:59:59-14:00"],
        2,
        "1970 and 9998",
    ),
    "a time before time": (["explain", "cus_1", "--at", "0001-01-01"], 2, "1970 and 9998"),
    "an age that nothing has": (["db", "prune", "--older-than", "99999999999"], 2, "Nothing is"),
    "a policy that is none": (["report", "mrr", "--policy", "hope"], 2, "is none of"),
    "a format that is none": (["report", "mrr", "--format", "xml"], 2, "Invalid value"),
    "a customer nobody knows": (["explain", "cus_none"], 1, "no_customer"),
}


@pytest.mark.parametrize(("arguments", "code", "says"), WRONG.values(), ids=WRONG.keys())
def test_wrong_usage_is_a_sentence(portside, arguments, code, says):
    ran = portside(*arguments)
    assert ran.code == code
    assert says in ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err


SET_UP = {
    "a catalogue that is missing": ({"PORTSIDE_CATALOG": "none.toml"}, "There is no catalogue"),
    "a database address that is none": (
        {"PORTSIDE_DATABASE_URL": "portside.db"},
        "PORTSIDE_DATABASE_URL",
    ),
    "a key that is none": ({"STRIPE_API_KEY": "hello"}, "STRIPE_API_KEY should begin with"),
    "a clock that is none": ({"PORTSIDE_NOW": "noonish"}, "PORTSIDE_NOW"),
    "a database that is away": (
        {"PORTSIDE_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none"},
        "database",
    ),
}


@pytest.mark.parametrize(("environment", "says"), SET_UP.values(), ids=SET_UP.keys())
def test_a_wrong_set_up_is_a_sentence_that_names_what_to_change(portside, environment, says):
    ran = portside("report", "entitlements", **environment)
    assert ran.code == 1
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert "hello" not in ran.err


@pytest.mark.parametrize(
    ("command", "header"),
    [("doctor", "ok,check,found,remedy"), ("replay", "customers,batches_changed")],
)
def test_csv_is_csv_and_alone_on_standard_output(portside, command, header):
    ran = portside(command, "--format", "csv")
    assert ran.out.splitlines()[0] == header
    assert "Traceback" not in ran.err


def test_an_empty_result_is_fine_and_the_database_is_made_for_it(portside, tmp_path):
    (tmp_path / "portside.db").unlink()
    ran = portside("report", "winding-down", "--format", "json")
    assert (ran.code, ran.json["rows"], ran.json["totals"]) == (0, [], {})


@pytest.mark.parametrize(
    "command",
    ["demo", "ingest", "report", "link", "serve", "backfill", "reconcile", "db", "close"],
)
def test_every_command_has_help(portside, command):
    ran = portside(command, "--help")
    assert ran.code == 0
    assert "Usage" in ran.out


@pytest.mark.parametrize("module", COMMANDS)
def test_a_command_is_found_in_the_module_that_registers_it(module):
    app = Typer()
    import_module(f"lib.billing.cli.{module}").register(app)
    found = [command.name for command in app.registered_commands]
    assert COMMANDS[module] == (*found, *(group.name for group in app.registered_groups))


def test_every_module_that_registers_commands_is_asked():
    folder = Path(cli.__file__).parent
    assert set(COMMANDS) == {
        file.stem for file in folder.glob("*.py") if "\ndef register(" in file.read_text("utf-8")
    }
