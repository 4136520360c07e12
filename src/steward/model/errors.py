"""What a catalogue may be told."""


class CatalogueError(ValueError):
    """A declaration that cannot be right; the message names it and says how to mend it."""
