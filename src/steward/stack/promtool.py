"""Runs promtool over files that exist only for the run."""

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from steward.stack.errors import StackError

_SECONDS = 300


def passes(promtool: Path, files: Mapping[str, bytes], tests: Iterable[str]) -> bool:
    """Tell whether each file of tests passes; the first that fails ends it. Raises StackError for a crash."""
    with TemporaryDirectory(prefix="steward-promtool-") as folder:
        for path, content in files.items():
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        return all(_passes(promtool, Path(folder, test)) for test in tests)


def _passes(promtool: Path, test: Path) -> bool:
    try:
        ended = subprocess.run(
            [promtool, "test", "rules", test.name],
            cwd=test.parent,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise StackError(
            f"promtool did not end within {_SECONDS} s", mend="try again on a quieter machine"
        ) from None
    if ended.returncode not in {0, 1}:
        reason = ended.stderr.decode(errors="replace").strip()
        raise StackError(
            f"promtool ended with {ended.returncode}: {reason}", mend="see whether it can be run by hand"
        )
    return ended.returncode == 0
