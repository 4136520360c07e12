"""The line that marks a file as compiled."""

GENERATED = "Compiled from the catalogue by `steward build`; edit the catalogue, not this file."
