"""The business in values and decisions: no input, no output, no clock."""
