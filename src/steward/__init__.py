"""The engine: one typed catalogue of what is watched, compiled, checked and run.

It knows nothing of the platform it watches; a catalogue is handed to it.
"""
