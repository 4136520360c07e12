"""Finds what is wrong in rules, routes and dashboards before anything runs.

Everything here is pure: a catalogue or the text of files in, findings out. One check is one file, one test and
one section of docs/checks.md.
"""
