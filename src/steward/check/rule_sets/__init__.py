"""Checks of all rules together: one file each; `steward.check.registry` lists them."""
