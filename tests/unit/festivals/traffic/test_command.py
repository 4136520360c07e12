import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from festivals.traffic.__main__ import main, run_command


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rate", "0"], "--rate"),
        (["--rate", "2001"], "--rate"),
        (["--for", "25h"], "up to 24h"),
        (["--visitors", "many"], "--visitors"),
        (["--time-scale", "0"], "--time-scale"),
        (["--url", "http://shop.test"], "--allow-remote-host shop.test"),
        (["--admin-url", "http://shop.test"], "--admin-url"),
        (["--token-file", "/nowhere/token"], "--token-file"),
        (["--unheard-of"], "--unheard-of"),
        (["today"], "today"),
    ],
)
def test_a_wrong_option_is_one_line_and_exit_code_2(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["traffic", *arguments])
    with pytest.raises(SystemExit) as end:
        run_command()
    assert end.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert said in line


@pytest.mark.parametrize("content", ["", "two words", "line\nline"])
def test_a_token_file_with_anything_but_a_token_is_refused_without_showing_it(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "token").write_text(content)
    result = CliRunner().invoke(main, ["--token-file", str(tmp_path / "token")])
    assert result.exit_code == 2
    assert "must hold the token and nothing else" in result.output
    assert not content or content not in result.output


def test_the_help_names_the_defaults_and_the_environment() -> None:
    shown = CliRunner().invoke(main, ["--help"], terminal_width=200).output
    for promised in (
        "FESTIVALS_API_URL",
        "FESTIVALS_ADMIN_URL",
        "STEWARD_TIME_SCALE",
        "default: 40",
        "default: 8h",
    ):
        assert promised in shown


@pytest.mark.slow
def test_a_platform_that_never_comes_is_told_once_and_ends_with_1() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        # Bound but not listening: every connection is refused.
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "-m", "festivals.traffic", "--url", url, "--for", "2s"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stdout.count("waiting for the platform") == 1
    [error] = ended.stderr.splitlines()
    assert f"{url} was not ready within 2 s" in error
