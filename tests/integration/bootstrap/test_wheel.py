"""The wheel holds the console's scripts, which git does not."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from steward.stack.frontend import BUILT, beside_package

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
NEEDED = ("pyproject.toml", "README.md", "hatch_build.py", ".gitignore", "src", "frontend")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Copy what a wheel is made of, with what was built, and without Node.js' packages."""
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__")
            )
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_wheel_brings_what_browsers_run(copied: Path) -> None:
    pytest.importorskip("hatchling")
    found = beside_package()
    assert found is not None
    if not found.is_current():
        pytest.skip("the frontend is not built from the sources as they are; ./steward test does that first")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=copied, check=True, capture_output=True
    )
    (wheel,) = (copied / "dist").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    folder = BUILT.relative_to("src").as_posix()
    for name in ("early.js", "shell.js", "shell.js.gz", "diagram.js"):
        assert f"{folder}/{name}" in names
    assert any(name.startswith(f"{folder}/mermaid") for name in names)
    assert not any("node_modules" in name for name in names)
    assert "steward/oncall/web/templates/base.html" in names
