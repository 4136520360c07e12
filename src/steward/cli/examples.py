"""The examples at the end of a command's help."""


def examples(*lines: str) -> str:
    """Return an epilog for click that keeps its lines as they are."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
