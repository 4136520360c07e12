"""A command with commands of its own, one of which is meant where none is named."""

import click


class Grouped(click.Group):
    """Calls its first command unless another is named, so `steward oncall` is `steward oncall now`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the first command's name before options that stand alone."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = [next(iter(self.commands)), *args]
        return super().parse_args(ctx, args)
