"""What can be wrong with an exposition."""


class NotAnExposition(ValueError):
    """A text that is not what Prometheus scrapes."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}" if line else what)
        self.line = line
        """Counted from 1; 0 for the text as a whole."""
