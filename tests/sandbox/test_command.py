"""``python -m lib.sandbox`` as a process: ready line, stored world, clean end, plain refusals."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from lib.sandbox.billing import customers as engine
from lib.sandbox.core import Sandbox


@contextmanager
def started(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the address that it printed when it was ready."""
    command = [sys.executable, "-m", "lib.sandbox", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().removeprefix("Sandbox ready at ").strip()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def customers(url: str) -> list[str]:
    answer = httpx.get(f"{url}/v1/customers", params={"limit": 100}, auth=("sk_test_x", ""))
    return [customer["id"] for customer in answer.json()["data"]]


def test_a_stored_world_is_found_again_at_the_second_start(tmp_path: Path) -> None:
    options = ("--dir", str(tmp_path), "--customers", "40", "--months", "24")
    with started(*options) as (first, url):
        assert httpx.get(f"{url}/_sandbox/health").json() == {"ok": True}
        met = customers(url)
    assert first.returncode == 0
    with started(*options) as (_, url):
        assert customers(url) == met
    assert len(met) > 30


def test_an_empty_world_starts_at_the_given_moment_and_stands_still() -> None:
    with started("--empty", "--frozen", "--now", "2026-11-22T03:00:00Z") as (_, url):
        assert customers(url) == []
        assert httpx.get(f"{url}/_sandbox/clock").json()["now"] == "2026-11-22T03:00:00Z"


def test_a_port_in_use_is_told_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "lib.sandbox", "--port", port, "--empty"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"The sandbox cannot listen on 127.0.0.1:{port}: ")
    assert "Traceback" not in ended.stderr


def test_a_folder_in_use_or_of_no_use_is_told_in_a_sentence(tmp_path: Path) -> None:
    own = Sandbox(tmp_path / "held")
    (tmp_path / "file").write_text("no folder")
    for folder, words in (("held", "Another sandbox is using"), ("file", "cannot keep its world")):
        command = [sys.executable, "-m", "lib.sandbox", "--port", "0", "--empty", "--dir"]
        ended = subprocess.run(
            [*command, str(tmp_path / folder)], capture_output=True, text=True, check=False
        )
        assert ended.returncode == 2
        assert words in ended.stderr
        assert "Traceback" not in ended.stderr
    own.close()


def test_a_port_that_does_not_exist_is_told_in_a_sentence() -> None:
    command = [sys.executable, "-m", "lib.sandbox", "--port", "99999", "--empty"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr


def test_answers_carry_one_date_the_sandboxs_own() -> None:
    with started("--empty", "--frozen", "--now", "2026-11-22T03:00:00Z") as (_, url):
        answer = httpx.get(f"{url}/v1/customers", auth=("sk_test_x", ""))
        assert answer.headers.get_list("date") == ["Sun, 22 Nov 2026 03:00:00 GMT"]


def test_an_interrupted_seeding_is_begun_again(tmp_path: Path) -> None:
    half = Sandbox(tmp_path)
    half.storage.set_note("seeding", "yes")
    with half.transaction():
        left = engine.create(half, {"name": "The only one"})["id"]
    half.close()
    with started("--dir", str(tmp_path), "--customers", "40") as (_, url):
        met = customers(url)
    assert len(met) > 30
    assert left not in met


def test_a_world_that_began_empty_is_kept_and_not_seeded(tmp_path: Path) -> None:
    own = Sandbox(tmp_path)
    with own.transaction():
        made = engine.create(own, {"name": "Mine"})["id"]
    own.close()
    with started("--dir", str(tmp_path)) as (_, url):
        assert customers(url) == [made]
