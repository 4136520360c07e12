"""Compiles a catalogue to the configuration of real programs.

Everything here is pure: a catalogue and a placement in, bytes out. Equal input gives equal bytes.
"""
