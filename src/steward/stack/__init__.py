"""Runs a catalogue's services as child processes of one supervisor."""
