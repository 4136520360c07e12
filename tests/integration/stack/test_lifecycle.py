import os
import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.stack.conftest import Project

pytestmark = pytest.mark.slow


def listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def children(project: "Project") -> list[int]:
    return [int(line.split()[1]) for line in project.events if line.startswith("child ")]


def test_services_start_after_what_they_need_and_stop_before_it(
    project: "Project", free_port: Callable[[], int]
) -> None:
    first, second, third = free_port(), free_port(), free_port()
    project.catalogue(
        f"daemon('third', {third}, needs=('second',)), daemon('second', {second}, needs=('first',)),"
        f"daemon('first', {first}, '--slow', '0.5')"
    )
    project.up()
    status = project.status()
    assert status["running"]
    assert status["healthy"]
    assert [service["state"] for service in status["services"]] == ["ready"] * 3
    assert all(service["memory_bytes"] > 1_000_000 for service in status["services"])
    assert status["services"][0]["url"] == f"http://127.0.0.1:{third}"
    assert project.events == ["start first", "start second", "start third"]

    assert project.steward("down").code == 0
    assert project.events[3:] == ["stop third", "stop second", "stop first"]
    assert project.pids() == set()
    assert not any(listens(port) for port in (first, second, third))
    assert project.steward("status").code == 3


def test_a_killed_service_is_started_again_without_what_it_left(
    project: "Project", free_port: Callable[[], int]
) -> None:
    project.catalogue(f"daemon('api', {free_port()}, '--children', '3')")
    project.up()
    before = project.service("api")
    left = children(project)
    assert len(left) == 3
    assert all(lives(pid) for pid in left)

    os.kill(before["pid"], signal.SIGKILL)
    project.until(lambda: project.service("api")["restarts"] == 1 and project.service("api")["state"] == "ready")
    assert project.service("api")["pid"] != before["pid"]
    assert not any(lives(pid) for pid in left)
    assert project.status()["healthy"]


def test_a_service_that_crashes_again_and_again_later_is_shown_and_tried_on(
    project: "Project", free_port: Callable[[], int]
) -> None:
    spoiled = project.folder / "spoiled"
    text = f"import os, time; os.path.exists({str(spoiled)!r}) and os._exit(3); time.sleep(600)"
    project.catalogue(f"daemon('api', {free_port()}), script('fragile', {text!r})")
    project.up()
    spoiled.touch()
    os.kill(project.service("fragile")["pid"], signal.SIGKILL)
    project.until(lambda: project.service("fragile")["state"] == "crash-looping")
    assert project.service("api")["state"] == "ready"
    assert project.steward("status").code == 1
    spoiled.unlink()
    project.until(lambda: project.service("fragile")["state"] == "ready")
    assert project.steward("status").code == 0


def test_a_service_that_lives_and_does_not_answer_is_unhealthy_and_not_killed(
    project: "Project", free_port: Callable[[], int]
) -> None:
    project.catalogue(f"daemon('api', {free_port()})")
    project.up()
    pid = project.service("api")["pid"]
    os.kill(pid, signal.SIGSTOP)
    project.until(lambda: project.service("api")["state"] == "unhealthy")
    assert project.steward("status").code == 1
    os.kill(pid, signal.SIGCONT)
    project.until(lambda: project.service("api")["state"] == "ready")
    assert project.service("api")["pid"] == pid


def test_a_service_that_ignores_its_signal_is_ended_by_force(
    project: "Project", free_port: Callable[[], int]
) -> None:
    project.catalogue(f"daemon('deaf', {free_port()}, '--stubborn', '--children', '2')")
    project.up()
    assert project.steward("down").code == 0
    assert project.pids() == set()
    assert not any(lives(pid) for pid in children(project))


def test_a_crash_loop_at_the_start_is_one_message(project: "Project", free_port: Callable[[], int]) -> None:
    project.catalogue(f"daemon('fine', {free_port()}), script('broken', 'raise SystemExit(\"no such table\")')")
    outcome = project.steward("up", "--detach")
    assert outcome.code == 1
    assert "error: broken ended with exit code 1, 5 times in a row" in outcome.err
    assert "no such table" in outcome.err
    assert str(project.state.resolve() / "logs" / "broken.log") in outcome.err
    assert "Traceback" not in outcome.err + outcome.out
    assert project.pids() == set()
    stopped = project.steward("status")
    assert stopped.code == 3
    assert "broken ended with exit code 1" in stopped.out


def test_what_needs_a_oneshot_waits_until_it_is_done(project: "Project", free_port: Callable[[], int]) -> None:
    events = project.folder / "events"
    migrate = f"import time; time.sleep(0.3); open({str(events)!r}, 'a').write('migrated\\n')"
    project.catalogue(
        f"daemon('api', {free_port()}, needs=('migrate',)),"
        f"script('migrate', {migrate!r}, lifetime=Lifetime.ONESHOT)"
    )
    project.up()
    assert project.events == ["migrated", "start api"]
    assert project.service("migrate")["state"] == "done"
    assert project.steward("status").code == 0


def test_a_oneshot_that_fails_is_tried_again_a_few_times(project: "Project", free_port: Callable[[], int]) -> None:
    events = project.folder / "events"
    migrate = f"open({str(events)!r}, 'a').write('tried\\n'); raise SystemExit(7)"
    project.catalogue(
        f"daemon('api', {free_port()}, needs=('migrate',)),"
        f"script('migrate', {migrate!r}, lifetime=Lifetime.ONESHOT)"
    )
    outcome = project.steward("up", "--detach")
    assert outcome.code == 1
    assert "migrate ended with exit code 7, 3 times in a row" in outcome.err
    assert project.events == ["tried"] * 3


def test_traffic_runs_only_when_asked_for_and_gets_the_time_scale(
    project: "Project", free_port: Callable[[], int]
) -> None:
    events = project.folder / "events"
    load = f"import os; open({str(events)!r}, 'a').write('scale ' + os.environ['STEWARD_TIME_SCALE'] + '\\n')"
    project.catalogue(
        f"daemon('api', {free_port()}),"
        f"script('load', {load!r}, lifetime=Lifetime.ONESHOT, needs=('api',), profile='traffic')"
    )
    project.up()
    assert project.events == ["start api"]
    project.steward("down")
    assert project.steward("up", "--detach", "--traffic", "--scale", "60").code == 0
    project.until(lambda: project.service("load")["state"] == "done")
    assert project.events[-1] == "scale 60"
    assert project.steward("status").code == 0


def test_the_foreground_ends_in_order_at_a_signal(project: "Project", free_port: Callable[[], int]) -> None:
    project.catalogue(f"daemon('api', {free_port()})")
    process = project.spawn("up")
    project.until(lambda: project.steward("status").code == 0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "api ready" in out
    assert project.events == ["start api", "stop api"]
    assert project.pids() == set()


def test_down_without_a_stack_is_no_error_and_purge_removes_everything(
    project: "Project", free_port: Callable[[], int]
) -> None:
    project.catalogue(f"daemon('api', {free_port()})")
    assert project.steward("down").code == 0
    project.up()
    assert project.steward("down", "--purge").code == 0
    assert not project.state.exists()


def test_logs_show_the_end_of_a_service(project: "Project", free_port: Callable[[], int]) -> None:
    project.catalogue(f"daemon('api', {free_port()})")
    assert "has no log yet" in project.steward("logs", "api").err
    project.up()
    assert "api listens" in project.steward("logs", "api").out
    unknown = project.steward("logs", "ape")
    assert unknown.code == 2
    assert "known: api, supervisor" in unknown.err


def test_a_record_that_cannot_be_written_is_written_later(
    project: "Project", free_port: Callable[[], int]
) -> None:
    project.catalogue(f"daemon('api', {free_port()})")
    project.up()
    before = project.service("api")
    kept = project.record.read_text()
    project.record.unlink()
    project.record.mkdir()

    os.kill(before["pid"], signal.SIGKILL)
    log = project.state / "logs" / "supervisor.log"
    project.until(lambda: log.read_text().count("api ready") == 2)
    assert "cannot be written" in log.read_text()
    project.record.rmdir()
    project.record.write_text(kept)

    project.until(lambda: project.service("api")["restarts"] == 1 and project.status()["healthy"])
