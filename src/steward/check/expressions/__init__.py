"""Checks of expressions: one file each; `steward.check.registry` lists them."""
