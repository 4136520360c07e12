"""The time scale as an option of a command."""

import math

import click

_LARGEST = 10_000.0


class Scale(click.ParamType[float]):
    """A positive number."""

    name = "number"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; a usage error for what is none, or no use as a scale."""
        try:
            number = float(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a number", param, ctx)
        if not (math.isfinite(number) and 0 < number <= _LARGEST):
            self.fail(f"{value} is not between 0 and {_LARGEST:g}", param, ctx)
        return number
