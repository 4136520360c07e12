"""What can be wrong with an expression before anything is known of metrics."""

from steward.promql.nodes import Span


class PromqlError(ValueError):
    """An expression that cannot be read."""

    def __init__(self, text: str, message: str, span: Span) -> None:
        super().__init__(message)
        self.text = text
        self.message = message
        self.span = span
