"""Festivals: cashless payments and ticketing for music festivals, the platform that is watched."""
