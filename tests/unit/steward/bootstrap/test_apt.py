"""apt-get itself is a few lines of sh here: which calls are made, and what is left behind, is ours."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from steward.stack import apt
from steward.stack.quiet import Host

Script = Callable[[str, str], Path]

APT = """
printf '%s\\n' "$*" >>"$CALLS"
[ -x "$POLICY" ] && echo quiet >>"$CALLS"
archives=
for word; do
    case $word in
    Dir::Cache::archives=*) archives=${word#*=} ;;
    Dir::State::lists=*) KNOWN=${word#*=}/index ;;
    esac
done
case " $* " in
*" update "*)
    [ -z "$OFFLINE" ] || { echo "W: Failed to fetch http://mirror.invalid/ Could not resolve"; exit 0; }
    : >"$KNOWN" ;;
*) [ -e "$KNOWN" ] || { echo "E: Unable to locate package pump"; exit 100; } ;;
esac
case " $* " in
*" --simulate "*)
    printf 'Inst %s (1.0 Debian [amd64])\\n' pump pump-common libwater
    echo 'Inst pipe [1] (2 Debian)' ;;
*" --download-only "*) : >"$archives/pump_1.0.deb" ;;
*" install "*) eval "$DURING" ;;
esac
"""


class Machine:
    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.host = Host(root / "host")
        self.host.policy.parent.mkdir(parents=True)
        self.log = root / "logs/install.log"
        self.known, self._calls, self._monkeypatch = root / "index", root / "calls", monkeypatch
        self.steps: list[str] = []
        self.set(
            KNOWN=str(self.known), CALLS=str(self._calls), POLICY=str(self.host.policy), DURING="", OFFLINE=""
        )

    def set(self, **variables: str) -> None:
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)

    @property
    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        self.steps.append(title)
        yield


@pytest.fixture
def machine(tmp_path: Path, script: Script, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    script("apt-get", APT)
    script("dpkg-deb", '[ -e "$2" ] && mkdir -p "$3/usr/bin" && echo new >"$3/usr/bin/pump"')
    script("dpkg-query", "")
    script("systemctl", "")
    return Machine(tmp_path, monkeypatch)


def test_an_install_forbids_services_and_refreshes_no_lists_that_do(machine: Machine) -> None:
    machine.known.touch()

    apt.install(["pump"], machine.log, machine.step, machine.host)

    assert machine.steps == ["installing Debian's packages pump (4 with what they need)"]
    assert [call for call in machine.calls if call.endswith("install pump")]
    assert machine.calls[-1] == "quiet"
    assert all(
        "--no-install-recommends" in call and "DPkg::Lock::Timeout=300" in call for call in machine.calls[::2]
    )
    assert not machine.host.policy.exists()
    assert "create_main_cluster = false" in machine.host.cluster_settings.read_text()


def test_missing_lists_are_refreshed_first(machine: Machine) -> None:
    apt.install(["pump"], machine.log, machine.step, machine.host)

    assert machine.steps[0] == "refreshing the lists of packages"
    assert machine.steps[1].startswith("installing")


def test_being_offline_is_said_as_such(machine: Machine) -> None:
    machine.set(OFFLINE="1")

    with pytest.raises(
        apt.AptFailed,
        match=r"could not refresh the lists of packages \(W: Failed to fetch http://mirror",
    ):
        apt.install(["pump"], machine.log, machine.step, machine.host)

    assert not machine.host.policy.exists()
    assert "Unable to locate" in machine.log.read_text()


def test_a_failed_install_says_why_and_cleans_up(machine: Machine) -> None:
    machine.set(DURING="echo 'E: no space left'; exit 100")

    with pytest.raises(apt.AptFailed, match=r"E: no space left; all that it said is in .*install\.log"):
        apt.install(["pump"], machine.log, machine.step, machine.host)

    assert not machine.host.policy.exists()


def test_an_ended_install_lets_dpkg_finish_and_cleans_up(machine: Machine, tmp_path: Path) -> None:
    machine.known.touch()
    ready, finished = tmp_path / "ready", tmp_path / "finished"
    # As dpkg does under apt-get: the interrupt is heard, and the package is finished.
    machine.set(
        DURING=f"""
        trap 'sleep 0.1; : >"{finished}"; exit 100' INT
        : >"{ready}"
        for turn in $(seq 500); do sleep 0.02; done"""
    )

    def raises(number: int, _frame: object) -> None:
        assert not machine.host.policy.exists()
        raise SystemExit(128 + number)

    def end() -> None:
        deadline = time.monotonic() + 10
        while not ready.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, raises)
    ending = threading.Thread(target=end)
    ending.start()
    try:
        with pytest.raises(SystemExit) as caught:
            apt.install(["pump"], machine.log, machine.step, machine.host)
    finally:
        ending.join()
        signal.signal(signal.SIGTERM, before)

    assert caught.value.code == 128 + signal.SIGTERM
    assert finished.exists()
    assert not machine.host.policy.exists()


@pytest.mark.parametrize("has_lists", [True, False])
def test_packages_are_unpacked_with_lists_of_our_own_where_there_are_none(
    machine: Machine, tmp_path: Path, has_lists: bool
) -> None:
    if has_lists:
        machine.known.touch()
    root = tmp_path / "my state/root"
    root.parent.mkdir()

    apt.unpack(["pump"], root, machine.log, machine.step)

    assert (root / "usr/bin/pump").read_text() == "new\n"
    assert [path.name for path in root.parent.iterdir()] == ["root"]
    assert ("refreshing the lists of packages" in machine.steps) is not has_lists
    assert machine.known.exists() is has_lists
    assert not any(call == "quiet" for call in machine.calls)


def test_what_was_unpacked_is_replaced_as_a_whole(machine: Machine, tmp_path: Path) -> None:
    machine.known.touch()
    root = tmp_path / "state/root"
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/old").touch()
    (tmp_path / "state/root.new/half").mkdir(parents=True)

    apt.unpack(["pump"], root, machine.log, machine.step)

    assert [path.name for path in (root / "usr/bin").iterdir()] == ["pump"]


def test_a_failed_unpacking_leaves_what_was_there(machine: Machine, tmp_path: Path, script: Script) -> None:
    machine.known.touch()
    script("dpkg-deb", "echo dpkg-deb: error: short read; exit 2")
    root = tmp_path / "state/root"
    root.mkdir(parents=True)
    (root / "kept").touch()

    with pytest.raises(apt.AptFailed, match="dpkg-deb failed"):
        apt.unpack(["pump"], root, machine.log, machine.step)

    assert [path.name for path in root.parent.iterdir()] == ["root"]
    assert (root / "kept").exists()


def test_one_at_a_time(machine: Machine, tmp_path: Path) -> None:
    waiting = threading.Event()
    order: list[str] = []

    @contextmanager
    def waits(_title: str) -> Iterator[None]:
        waiting.set()
        yield

    def second() -> None:
        with apt.alone(tmp_path, waits):
            order.append("second")

    with apt.alone(tmp_path, machine.step):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(10)
        order.append("first")
    thread.join()

    assert order == ["first", "second"]
