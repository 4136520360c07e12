"""Finds out what keeps the stack from running, or from running well; changes nothing."""
