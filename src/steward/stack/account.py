"""Users: whom a service runs as, and whose its files are."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from steward.model import Service
from steward.stack.errors import AccountMissing


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine."""

    name: str
    uid: int
    gid: int
    home: str

    @property
    def is_caller(self) -> bool:
        """Whether this is the user who runs us, so that nothing has to be switched or handed over."""
        return self.uid == os.geteuid()


def caller() -> Account:
    """Return the user who runs us, whom the machine need not know by name."""
    uid, gid = os.geteuid(), os.getegid()
    return Account(user_name(uid), uid, gid, os.environ.get("HOME", "/"))


def account_for(service: Service) -> Account:
    """Return whom `service` runs as: its package's own user when we are root, else the caller."""
    user = service.native.user if service.native else None
    if os.geteuid() != 0 or user is None:
        return caller()
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        package = service.native.program.package if service.native else ""
        raise AccountMissing(
            f"{service.name} should run as the user {user}, who does not exist",
            mend=f"install the package {package}, which makes this user, or run steward as an ordinary user",
        ) from None
    return Account(user, entry.pw_uid, entry.pw_gid, entry.pw_dir)


def user_name(uid: int) -> str:
    """Return the name of a user, or the number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def hand_over(folder: Path, account: Account) -> None:
    """Make `folder`, and all in it, the account's; without effect where it is already or we are not root."""
    if os.geteuid() != 0 or folder.stat().st_uid == account.uid:
        return
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(parent, name), account.uid, account.gid, follow_symlinks=False)
    os.chown(folder, account.uid, account.gid)
