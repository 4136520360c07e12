"""What every call of ./steward does, over an environment that only says how it was called."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

WRAPPER = Path(__file__).parents[4] / "steward"
SHELL = shutil.which("dash") or "/bin/sh"
PYTHON = """#!/bin/sh
echo "project=$STEWARD_PROJECT no_install=${STEWARD_NO_INSTALL-} folder=$PWD umask=$(umask)"
for argument do echo "<$argument>"; done
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "a project's folder"
    (project / "requirements").mkdir(parents=True)
    (project / ".venv/bin").mkdir(parents=True)
    shutil.copy(WRAPPER, project / "steward")
    python = project / ".venv/bin/python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    for lock in ("runtime", "dev"):
        (project / f"requirements/{lock}.txt").write_text(f"# {lock}\n")
        stamp(project, lock)
    return project


def stamp(project: Path, lock: str) -> None:
    with (project / f"requirements/{lock}.txt").open() as content:
        checksum = subprocess.run(["cksum"], stdin=content, capture_output=True, check=True, text=True).stdout
    (project / f".venv/.stamp-{lock}").write_text(checksum)


def call(
    wrapper: Path, *arguments: str, cwd: Path | None = None, umask: int = -1, **variables: str
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STEWARD_")}
    return subprocess.run(
        [SHELL, wrapper, *arguments],
        cwd=cwd,
        env=kept | variables,
        capture_output=True,
        check=False,
        text=True,
        umask=umask,
        timeout=60,
    )


def test_arguments_arrive_as_they_were_given(project: Path) -> None:
    arguments = ["up", "--scale", "2", "", "a  b", "*", "it's", "--", "-x"]

    done = call(project / "steward", *arguments)

    assert done.stdout.splitlines()[1:] == ["<-P>", "<-m>", "<steward.cli>", *(f"<{word}>" for word in arguments)]
    assert done.stderr == ""


def test_it_runs_from_any_folder_and_stays_in_it(project: Path, tmp_path: Path) -> None:
    calls = (
        (project / "steward", tmp_path),
        (Path("steward"), project),
        (Path("../steward"), project / "requirements"),
    )
    for wrapper, folder in calls:
        assert call(wrapper, cwd=folder).stdout.startswith(f"project={project} no_install= folder={folder} ")


def test_it_runs_through_links_of_links(project: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/first").symlink_to("../second")
    (tmp_path / "second").symlink_to(project / "steward")

    assert call(tmp_path / "bin/first").stdout.startswith(f"project={project} ")


@pytest.mark.parametrize(
    ("arguments", "left", "forbidden"),
    [
        (["--no-install", "up"], ["up"], True),
        (["up", "--no-install", "--detach"], ["up", "--detach"], True),
        (["test", "--", "--no-install"], ["test", "--", "--no-install"], False),
        (["up"], ["up"], False),
    ],
)
def test_no_install_may_stand_anywhere(
    project: Path, arguments: list[str], left: list[str], forbidden: bool
) -> None:
    done = call(project / "steward", *arguments)

    assert f"no_install={1 if forbidden else ''} " in done.stdout
    assert done.stdout.splitlines()[4:] == [f"<{word}>" for word in left]


@pytest.mark.parametrize("change", ["changed lock", "interrupted", "no environment", "broken python"])
def test_what_is_not_current_is_not_used(project: Path, change: str) -> None:
    match change:
        case "changed lock":
            (project / "requirements/runtime.txt").write_text("# another\n")
        case "interrupted":
            (project / ".venv/.incomplete").touch()
        case "no environment":
            shutil.rmtree(project / ".venv")
        case _:
            (project / ".venv/bin/python").unlink()
            (project / ".venv/bin/python").symlink_to("/no/such/python3")

    done = call(project / "steward", "up", "--no-install")

    assert done.returncode == 1
    assert done.stdout == ""
    assert (
        f"{project}/.venv is missing or older than requirements/runtime.txt, and installing is forbidden"
        in done.stderr
    )


def test_only_the_tests_need_their_own_lock_file(project: Path) -> None:
    (project / ".venv/.stamp-dev").unlink()

    assert call(project / "steward", "status", "test", STEWARD_NO_INSTALL="1").returncode == 0
    refused = call(project / "steward", "test", "-k", "status", STEWARD_NO_INSTALL="1")
    assert refused.returncode == 1
    assert "requirements/dev.txt" in refused.stderr


@pytest.mark.parametrize("value", ["", "0", "false", "no"])
def test_installing_is_not_forbidden_by_a_variable_that_says_no(project: Path, value: str) -> None:
    (project / "requirements/runtime.txt").write_text("# another\n")

    done = call(project / "steward", STEWARD_NO_INSTALL=value, STEWARD_PYTHON="/no/such/python3")

    assert "forbidden" not in done.stderr


@pytest.mark.parametrize(
    ("python", "version"), [("exit 3", ""), ("echo 0 3.9.2 /opt/old/python3", "; it is /opt/old/python3 (3.9.2)")]
)
def test_a_chosen_python_that_will_not_do_is_refused(
    project: Path, tmp_path: Path, python: str, version: str
) -> None:
    shutil.rmtree(project / ".venv")
    chosen = tmp_path / "python3"
    chosen.write_text(f"#!/bin/sh\n{python}\n")
    chosen.chmod(0o755)

    done = call(project / "steward", "up", STEWARD_PYTHON=str(chosen))

    assert done.returncode == 1
    assert f"STEWARD_PYTHON={chosen} does not run as Python 3.11 or newer{version}." in done.stderr


def test_an_incomplete_copy_is_told(project: Path) -> None:
    (project / "requirements/runtime.txt").unlink()

    done = call(project / "steward", "up")

    assert done.returncode == 1
    assert done.stderr.startswith(f"steward: {project}/requirements/runtime.txt is missing.\n")


def test_the_users_umask_is_that_of_the_command(project: Path) -> None:
    assert "umask=0077" in call(project / "steward", umask=0o077).stdout
