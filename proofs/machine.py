"""The parts of deploy/compose.yaml on this machine, by the same commands, without a container."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import httpx
import yaml

from .processes import ROOT
from .proof import Disproved

DEPLOY: Final = ROOT / "deploy"
STARTS_WITHIN: Final = 240.0
_VARIABLE: Final = re.compile(r"\$\{(\w+)(?::[?-][^}]*)?\}")


def composed() -> dict[str, Any]:
    """The compose file."""
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Part:
    """One service as a process. ``given``: what stands for the compose file's variables and names.

    Its command is the compose file's; only the address it listens on is this machine's.
    """

    def __init__(self, name: str, given: Mapping[str, str], folder: Path, port: int = 0) -> None:
        service = composed()["services"][name]
        self.name = name
        self.port = port
        self.log = folder / f"{name}.log"
        self._folder = folder
        self._command = self._here(service)
        self._environment = {
            key: _filled(str(value), given) for key, value in service["environment"].items()
        } | {key: value for key, value in given.items() if key in _OVER}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env={
                    **{key: os.environ[key] for key in ("LANG", "HOME") if key in os.environ},
                    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                    "PYTHONPATH": str(ROOT),
                    **{key: value for key, value in self._environment.items() if value},
                },
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def finish(self) -> None:
        """Wait for one that ends by itself. Raises Disproved when it fails."""
        if self._process is None or self._process.wait(STARTS_WITHIN) != 0:
            raise Disproved(f"{self.name} failed: {self.log.read_text()[-800:]}")

    def wait_until(self, path: str) -> None:
        """Raise Disproved when it does not answer 200 in time."""
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            if self._process is None or self._process.poll() is not None:
                break
            time.sleep(0.2)
        raise Disproved(f"{self.name} does not start: {self.log.read_text()[-800:]}")

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def _here(self, service: Mapping[str, Any]) -> list[str]:
        command = [str(part) for part in service["command"]]
        if service.get("entrypoint"):
            return [*service["entrypoint"], *command]
        told = ["127.0.0.1" if part == "0.0.0.0" else part for part in command]
        told[told.index("--port") + 1] = str(self.port)
        return ["portside", *told]


_OVER: Final = (
    *("PORTSIDE_CATALOG", "PORTSIDE_CONFIG", "PORTSIDE_STRIPE_API_BASE", "FORWARDED_ALLOW_IPS"),
)
"""Paths and addresses of this machine, and a Stripe of its own."""


def _filled(text: str, given: Mapping[str, str]) -> str:
    """``text`` with its variables, and with the database where it is."""
    filled = _VARIABLE.sub(lambda found: given.get(found[1], ""), text)
    user = re.match(r"postgresql\+psycopg://(\w+):", filled)
    if user is None:
        return filled
    return given["database"].replace("://postgres:", f"://{user[1]}:", 1)


class Proxy:
    """nginx with deploy/nginx/nginx.conf, before parts of this machine."""

    def __init__(self, folder: Path, sites: Mapping[str, str]) -> None:
        self._folder = folder / "nginx"
        shutil.copytree(DEPLOY / "nginx", self._folder)
        for name, text in sites.items():
            (self._folder / "site" / f"{name}.conf").write_text(text)
        conf = self._folder / "nginx.conf"
        # Two of them on one machine need two places to write.
        conf.write_text(conf.read_text("utf-8").replace("/tmp/nginx", f"{self._folder}/run-"))
        (self._folder / "tls").mkdir()
        self.authority = self._folder / "tls" / "fullchain.pem"
        self.log = folder / "proxy.log"
        _certificate(self._folder / "tls")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def _command(self) -> list[str]:
        told: Sequence[str] = composed()["services"]["proxy"]["command"]
        paths = {"/tmp/": f"{self._folder}/", "/etc/portside/nginx.conf": "nginx.conf"}
        return [paths.get(part, part) for part in told]

    def start(self) -> None:
        tested = subprocess.run(
            [*self._command, "-t"], cwd=self._folder, capture_output=True, text=True, check=False
        )
        if tested.returncode:
            raise Disproved(f"nginx refuses its configuration: {tested.stderr[-600:]}")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, stdout=log, stderr=log, start_new_session=True
            )

    def end(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.terminate()
                self._process.wait(10)
            self._process = None


def _certificate(folder: Path) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
            *("ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")),
        ],
        check=True,
        capture_output=True,
    )
