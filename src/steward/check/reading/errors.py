"""Text that is not what it should be."""


class Unreadable(ValueError):
    """A file that cannot be checked, since it cannot be read."""

    def __init__(self, file: str, line: int | None, message: str, mend: str) -> None:
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")
        self.file = file
        self.line = line
        self.message = message
        self.mend = mend
