"""What deploy/ holds can be read by what it is for, and says what the product does."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from lib.billing.cli import assembled
from lib.billing.config import Settings
from lib.billing.serving.limits import USUAL

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SHARED = ("NoNewPrivileges", "ProtectSystem", "PrivateTmp", "CapabilityBoundingSet", "UMask")


def composed() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return found


SERVICES = composed()["services"]
OURS = [name for name in SERVICES if name.startswith(("receiver", "dashboard", "upgrade"))]


def unit(path: Path) -> dict[str, list[str]]:
    """Every key with its values, and sections as keys without any."""
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def test_the_services_are_those_that_the_issue_of_running_it_needs() -> None:
    assert SERVICES.keys() == {
        *("db", "upgrade", "receiver1", "receiver2", "dashboard1", "dashboard2", "proxy", "backup")
    }


@pytest.mark.parametrize("name", OURS)
def test_a_container_of_ours_may_do_nothing_but_its_work(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["user"] == "10001:10001"
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "ports" not in service


@pytest.mark.parametrize("name", OURS)
def test_every_setting_of_a_container_is_one_that_is_read(name: str) -> None:
    known = {str(field.alias) for field in Settings.model_fields.values()} | {"FORWARDED_ALLOW_IPS"}
    assert SERVICES[name]["environment"].keys() <= known


@pytest.mark.parametrize("name", OURS)
def test_the_commands_of_containers_are_commands_of_ours(name: str) -> None:
    service = SERVICES[name]
    told = " ".join(str(part) for part in service["command"])
    commands = get_command(assembled()).commands  # type: ignore[attr-defined]
    for line in told.split("&&"):
        words = line.split()
        assert words[0] == "portside" or "entrypoint" not in service
        first = words[1] if words[0] == "portside" else words[0]
        options = {o for p in commands[first].params for o in p.opts} if first != "db" else None
        assert options is None or {w for w in words if w.startswith("--")} <= options


def test_what_the_compose_file_asks_for_is_in_the_example_environment() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    asked = set(re.findall(r"\$\{(\w+)", text)) - {"PORTSIDE_IMAGE"}
    given = re.findall(r"^(\w+)=", (DEPLOY / "example.env").read_text("utf-8"), re.M)
    assert asked == set(given)


def test_files_that_containers_are_given_are_there_or_named_in_the_guide() -> None:
    guide = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            source = str(volume).split(":")[0]
            if source.startswith("./"):
                name = source.removeprefix("./")
                assert (DEPLOY / name).exists() or f"deploy/{name}" in guide, name


def test_only_the_proxy_is_believed_about_who_asks() -> None:
    address = SERVICES["proxy"]["networks"]["inside"]["ipv4_address"]
    for name in OURS:
        if name != "upgrade":
            assert SERVICES[name]["environment"]["FORWARDED_ALLOW_IPS"] == address


def test_the_image_ends_as_nobody_and_looks_after_itself() -> None:
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    last = [line for line in lines if line.startswith("USER ")][-1]
    assert last == "USER 10001:10001"
    text = "\n".join(lines)
    assert "HEALTHCHECK" in text
    assert "--require-hashes" in text
    copied = re.findall(r"^COPY (?!--from)(\S+(?: \S+)*) \S+$", text, re.M)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("script", ["backup.sh", "roles.sh"])
def test_a_script_is_one_that_a_shell_can_read(script: str) -> None:
    path = DEPLOY / script
    assert subprocess.run(["sh", "-n", str(path)], check=False).returncode == 0
    assert path.stat().st_mode & 0o111
    assert "set -eu" in path.read_text("utf-8")


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_hardened(path: Path) -> None:
    found = unit(path)
    assert {"[Unit]", "[Service]"} <= found.keys()
    assert found.keys() >= set(SHARED)
    assert found["ProtectSystem"] == ["strict"]
    assert found["CapabilityBoundingSet"] == [""]
    assert found["User"] != ["root"]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_reads_a_unit_and_finds_it_closed(path: Path) -> None:
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout[-400:]
    verified = subprocess.run(
        ["systemd-analyze", "verify", path], capture_output=True, text=True, check=False
    )
    # The programs are installed elsewhere than here.
    said = [line for line in verified.stderr.splitlines() if path.stem.split("@")[0] in line]
    assert [line for line in said if "is not executable" not in line] == []


@pytest.fixture
def nginx(tmp_path: Path) -> Path:
    """deploy/nginx with a certificate, and names that can be found."""
    folder = tmp_path / "nginx"
    shutil.copytree(DEPLOY / "nginx", folder)
    upstreams = folder / "site" / "upstreams.conf"
    upstreams.write_text(re.sub(r"(receiver|dashboard)\d:", "127.0.0.1:", upstreams.read_text()))
    (folder / "tls").mkdir()
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x"),
            *("-keyout", folder / "tls" / "privkey.pem", "-out", folder / "tls" / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )
    conf = folder / "nginx.conf"
    conf.write_text(conf.read_text().replace("/tmp/nginx", f"{tmp_path}/run-"))
    return folder


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not here")
def test_nginx_takes_its_configuration(nginx: Path, tmp_path: Path) -> None:
    tested = subprocess.run(
        ["nginx", "-p", f"{tmp_path}/", "-c", nginx / "nginx.conf", "-t"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stderr


def test_a_location_that_sets_headers_hands_on_the_others_too() -> None:
    conf = (DEPLOY / "nginx" / "nginx.conf").read_text("utf-8")
    places = re.findall(r"location [^{]+\{([^}]*)\}", conf)
    sets = [place for place in places if "proxy_set_header" in place or "sign-in.conf" in place]
    assert len(sets) == 1
    assert all("include forwarded.conf;" in place for place in sets)


def test_nginx_and_the_receiver_agree_on_how_long_a_connection_is_kept() -> None:
    upstreams = (DEPLOY / "nginx" / "site" / "upstreams.conf").read_text("utf-8")
    found = re.search(r"keepalive_timeout (\d+)s", upstreams)
    assert found is not None
    assert int(found[1]) < USUAL.idle_seconds  # else a delivery meets a connection that just ended


def test_nginx_publishes_what_is_for_the_world_and_no_more() -> None:
    conf = (DEPLOY / "nginx" / "nginx.conf").read_text("utf-8")
    _, receiver = conf.split("# The receiver, for")
    public = re.findall(r"location (?:= )?(\S+) \{", receiver)
    assert public == [
        *("/webhooks/", "/pricing", "/return", "/.well-known/jwks.json", "/v1/", "/healthz", "/")
    ]
    assert "include site/product.conf" in receiver
    assert "deny all;" in (DEPLOY / "nginx" / "site" / "product.conf").read_text("utf-8")


def test_prometheus_reads_the_rules_and_asks_each_receiver() -> None:
    told = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))
    assert told["rule_files"] == ["alerts.yml"]
    (job,) = told["scrape_configs"]
    targets = job["static_configs"][0]["targets"]
    assert targets == [f"{name}:8000" for name in SERVICES if name.startswith("receiver")]
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text("utf-8"))
    (group,) = rules["groups"]
    for rule in group["rules"]:
        assert {"alert", "expr", "labels", "annotations"} <= rule.keys()
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"].endswith((".", "?"))


def test_every_alert_has_its_place_in_the_runbook() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text("utf-8"))
    runbook = (ROOT / "docs" / "runbook.md").read_text("utf-8")
    pages = [r["alert"] for r in rules["groups"][0]["rules"] if r["labels"]["severity"] == "page"]
    assert [name for name in pages if name not in runbook] == []


def test_panels_have_ids_places_and_queries() -> None:
    board = json.loads((DEPLOY / "grafana" / "portside.json").read_text("utf-8"))
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) > 20
    for panel in panels:
        assert panel["title"]
        assert all(target["expr"] for target in panel["targets"])
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
    taken = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in panels]
    assert len(set(taken)) == len(taken)


def test_nothing_here_is_a_secret() -> None:
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            text = path.read_text("utf-8")
            assert not re.search(r"(sk|rk)_live_\w|whsec_\w{8}|BEGIN .*PRIVATE KEY", text), path
