import os
from pathlib import Path

from steward.model import Catalogue, Container, Secret, Service
from steward.stack.containers import prepare

MADE = Secret("token", "SHOP_TOKEN")
KNOWN = Secret("webhook", "SHOP_WEBHOOK", generated=False)
CATALOGUE = Catalogue(
    "shop",
    "Shop",
    services=(
        Service(
            "shop", "Shop", secrets=(MADE, KNOWN), container=Container("shop:1", data="/data", runs_as_caller=True)
        ),
        Service("native", "Native", secrets=(Secret("unused", "UNUSED"),)),
    ),
)


def read(folder: Path, name: str) -> str:
    return (folder / "secrets" / name).read_text()


def test_secrets_are_files_that_only_their_owner_reads(tmp_path: Path) -> None:
    prepared = prepare(CATALOGUE, tmp_path, {"SHOP_WEBHOOK": "https://hook"})

    assert read(tmp_path, "webhook") == "https://hook"
    assert len(read(tmp_path, "token")) >= 32
    assert {path.name for path in (tmp_path / "secrets").iterdir()} == {"token", "webhook"}
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {0o600}
    assert prepared.empty == ()


def test_containers_run_as_the_owner_of_what_they_read_and_never_as_root(tmp_path: Path) -> None:
    prepare(CATALOGUE, tmp_path, {})

    owner = os.geteuid() or 65534
    assert f"STEWARD_UID={owner}\n" in (tmp_path / ".env").read_text()
    assert (tmp_path / "secrets" / "token").stat().st_uid == owner
    assert (tmp_path / "data" / "shop").stat().st_uid == owner
    assert (tmp_path / "data" / "shop").stat().st_mode & 0o777 == 0o700


def test_second_call_keeps_what_the_first_wrote(tmp_path: Path) -> None:
    prepare(CATALOGUE, tmp_path, {"SHOP_WEBHOOK": "https://hook"})
    before = read(tmp_path, "token")

    prepare(CATALOGUE, tmp_path, {})

    assert read(tmp_path, "token") == before
    assert read(tmp_path, "webhook") == "https://hook"


def test_variable_replaces_what_was_kept(tmp_path: Path) -> None:
    prepare(CATALOGUE, tmp_path, {})

    prepare(CATALOGUE, tmp_path, {"SHOP_TOKEN": "chosen"})

    assert read(tmp_path, "token") == "chosen"


def test_secret_that_only_the_operator_knows_is_an_empty_file_and_is_named(tmp_path: Path) -> None:
    prepared = prepare(CATALOGUE, tmp_path, {})

    assert read(tmp_path, "webhook") == ""
    assert prepared.empty == ((tmp_path / "secrets" / "webhook", "SHOP_WEBHOOK"),)
