import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from steward.stack.quiet import Host, forbid_main_cluster, keep_from_boot, services_stay_stopped

Script = Callable[[str, str], Path]


@pytest.fixture
def host(tmp_path: Path) -> Host:
    host = Host(tmp_path / "host")
    host.policy.parent.mkdir(parents=True)
    return host


def ask(host: Host) -> int:
    return subprocess.run([host.policy, "redis-server", "start"], check=False).returncode


def own_policy(host: Host, code: int) -> str:
    text = f"#!/bin/sh\nexit {code}\n"
    host.policy.write_text(text)
    host.policy.chmod(0o755)
    return text


def test_services_are_forbidden_inside_the_block_only(host: Host) -> None:
    with services_stay_stopped(host):
        assert ask(host) == 101

    assert not host.policy.exists()


def test_a_failure_inside_takes_the_policy_away_too(host: Host) -> None:
    with pytest.raises(SystemExit), services_stay_stopped(host):
        raise SystemExit(143)

    assert not host.policy.exists()


@pytest.mark.parametrize("code", [0, 101, 104])
def test_a_policy_of_the_administrators_comes_back(host: Host, code: int) -> None:
    text = own_policy(host, code)

    with services_stay_stopped(host):
        assert ask(host) == 101

    assert host.policy.read_text() == text
    assert ask(host) == code
    assert not host.saved_policy.exists()


@pytest.mark.parametrize("administrators", [True, False])
def test_what_a_killed_install_left_is_mended_by_the_next(host: Host, administrators: bool) -> None:
    text = own_policy(host, 0) if administrators else None
    killed = services_stay_stopped(host)
    killed.__enter__()

    with services_stay_stopped(host):
        assert ask(host) == 101

    assert (host.policy.read_text() if host.policy.exists() else None) == text


def test_no_cluster_is_made(host: Host) -> None:
    forbid_main_cluster(host)
    forbid_main_cluster(host)

    assert host.cluster_settings.read_text().count("\ncreate_main_cluster = false\n") == 1


def test_settings_that_are_there_stay(host: Host) -> None:
    host.cluster_settings.parent.mkdir(parents=True)
    host.cluster_settings.write_text("#create_main_cluster = true\nssl = on\n")

    forbid_main_cluster(host)

    assert host.cluster_settings.read_text().startswith("#create_main_cluster = true\nssl = on\n")
    assert host.cluster_settings.read_text().endswith("\ncreate_main_cluster = false\n")


def test_an_administrators_decision_on_the_cluster_stays(host: Host) -> None:
    host.cluster_settings.parent.mkdir(parents=True)
    host.cluster_settings.write_text("create_main_cluster = true\n")

    forbid_main_cluster(host)

    assert host.cluster_settings.read_text() == "create_main_cluster = true\n"


def test_services_of_new_packages_do_not_start_at_boot(
    script: Script, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    script(
        "dpkg-query",
        "printf '%s\\n' /. /lib/systemd/system/pump.service /usr/lib/systemd/system/pump@.service "
        "/lib/systemd/system/pump.timer /usr/share/doc/system/pump.service.txt",
    )
    script("systemctl", f'echo "$@" >"{tmp_path}/called"')

    keep_from_boot(["pump"])

    assert (tmp_path / "called").read_text() == "--quiet disable pump.service pump.timer\n"
