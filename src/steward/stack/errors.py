"""What can go wrong with the stack, each shown to the user as one message.

StackError
├── ProgramMissing      a program is nowhere to be found
├── ProgramTooOld       it is there, but older than what the catalogue asks for
├── PortTaken           another process listens where a service should
├── StateUnusable       the state folder cannot be read, written or entered
├── AlreadyRunning      a supervisor holds the state folder
├── NotRunning          none does
├── ServiceFailed       a service did not become ready, or crashes in a loop
├── AccountMissing      the user a service should run as does not exist
├── BuildFailed         the console's scripts could not be built
└── SettingInvalid      an environment variable of the user's holds what cannot be right
"""


class StackError(Exception):
    """A failure that the user can mend: what happened, and how to mend it."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


class ProgramMissing(StackError):
    """A program that the stack runs is not installed."""


class ProgramTooOld(StackError):
    """A program is older than what the catalogue asks for."""


class PortTaken(StackError):
    """A port is held by a process that is not of this stack."""


class StateUnusable(StackError):
    """The state folder is damaged, full, or closed to a user who must enter it."""


class AlreadyRunning(StackError):
    """The stack runs already."""


class NotRunning(StackError):
    """There is no running stack to talk to."""


class ServiceFailed(StackError):
    """A service did not become ready in time, or ends again and again."""


class AccountMissing(StackError):
    """A service should run as a user whom this machine does not know."""


class BuildFailed(StackError):
    """What the console's pages run could not be fetched or built."""


class SettingInvalid(StackError):
    """An environment variable holds what cannot be right; the message names it."""
