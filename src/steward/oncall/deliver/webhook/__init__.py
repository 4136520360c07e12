"""A service of somebody's own, by JSON over HTTP."""
