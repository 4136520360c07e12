"""What the first call of ./steward makes: a real environment, from lock files that name no package."""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
STUB = "import os, sys; print('ran', sys.argv[1:], os.path.dirname(__file__))\n"
DEADLINE = 60.0


def environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STEWARD_", "PIP_"))}
    return kept | {"STEWARD_PYTHON": sys.executable, "PIP_CONFIG_FILE": os.devnull} | variables


def start(project: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [project / "steward", *arguments],
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def call(project: Path, *arguments: str, **variables: str) -> tuple[int, str, str]:
    process = start(project, *arguments, **variables)
    out, err = process.communicate(timeout=DEADLINE)
    return process.returncode, out, err


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project on which ./steward was never called."""
    return new_project(tmp_path / "a project")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = new_project(tmp_path_factory.mktemp("made") / "made here")
    assert call(made)[0] == 0
    return made


@pytest.fixture
def ready(tmp_path: Path, made: Path) -> Path:
    """Make a project that is set up, and was moved since."""
    return Path(shutil.copytree(made, tmp_path / "a ready project", symlinks=True))


def new_project(project: Path) -> Path:
    (project / "src/steward").mkdir(parents=True)
    (project / "src/steward/cli.py").write_text(STUB)
    shutil.copy(ROOT / "steward", project)
    (project / "requirements").mkdir()
    for lock in ("runtime", "dev"):
        (project / f"requirements/{lock}.txt").write_text(f"# {lock}\n")
    return project


def lock(project: Path, text: str) -> None:
    (project / "requirements/runtime.txt").write_text(text)


def test_the_first_call_sets_up_and_the_second_says_nothing(project: Path) -> None:
    before = os.umask(0o077)
    try:
        code, out, err = call(project, "up", "now", PYTHONDONTWRITEBYTECODE="1")
    finally:
        os.umask(before)

    assert (code, out) == (0, f"ran ['up', 'now'] {project}/src/steward\n"), err
    assert [line.split(" ... ")[0] for line in err.splitlines()] == [
        f"steward: making .venv with Python {'.'.join(map(str, sys.version_info[:3]))}",
        *([] if importlib.util.find_spec("ensurepip") else ["steward: fetching pip"]),
        "steward: installing Python packages from requirements/runtime.txt",
    ]
    assert list((project / "src/steward/__pycache__").iterdir()), "or each call would compile again"
    assert (project / ".venv/pyvenv.cfg").stat().st_mode & 0o044 == 0o044, "or root's services could not read it"
    assert call(project) == (0, f"ran [] {project}/src/steward\n", "")


def test_a_moved_project_runs_from_where_it_is(ready: Path) -> None:
    assert call(ready) == (0, f"ran [] {ready}/src/steward\n", "")


def test_a_changed_lock_file_is_installed_once(ready: Path) -> None:
    lock(ready, "# another\n")

    code, _, err = call(ready)

    assert code == 0
    assert err.startswith("steward: installing Python packages from requirements/runtime.txt ... ")
    assert "making" not in err
    assert call(ready)[2] == ""


def test_the_tests_lock_file_is_installed_on_top(ready: Path) -> None:
    code, _, err = call(ready, "test")

    assert code == 0
    assert err.startswith("steward: installing Python packages from requirements/dev.txt ... ")
    assert call(ready, "up")[2] == call(ready, "test")[2] == ""


def test_a_killed_first_call_is_made_good_by_the_next(project: Path) -> None:
    killed = start(project)
    deadline = time.monotonic() + DEADLINE
    while not (project / ".venv/pyvenv.cfg").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(killed.pid, 9)
    killed.communicate()

    code, _, err = call(project)

    assert code == 0, err
    assert err.startswith("steward: an earlier call did not finish setting up: starting over\n")
    assert call(project)[2] == ""


def test_of_two_first_calls_one_works_and_both_run(project: Path) -> None:
    calls = [start(project, name) for name in ("one", "other")]
    results = [process.communicate(timeout=DEADLINE) for process in calls]

    assert [process.returncode for process in calls] == [0, 0], results
    assert sorted(out.split()[1] for out, _ in results) == ["['one']", "['other']"]
    assert sum(err.count("making .venv") for _, err in results) == 1


def test_an_index_that_cannot_be_reached_is_said_and_harms_nothing(ready: Path) -> None:
    before = (ready / "requirements/runtime.txt").read_text()
    lock(ready, f"pump==1.0 --hash=sha256:{'0' * 64}\n")

    code, out, err = call(ready, PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="1")

    assert (code, out) == (1, "")
    assert "No matching distribution found for pump==1.0" in err
    assert "steward: the package index could not be reached." in err
    lock(ready, before)
    assert call(ready) == (0, f"ran [] {ready}/src/steward\n", "")


def test_an_environment_of_the_users_own_is_kept(project: Path) -> None:
    pytest.importorskip("ensurepip", reason="Python cannot make a complete environment by itself")
    subprocess.run([sys.executable, "-m", "venv", project / ".venv"], check=True)
    (project / ".venv/mine").touch()

    assert call(project)[0] == 0
    assert (project / ".venv/mine").exists()
