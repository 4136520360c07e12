"""Readers: the text of files in, what is to be checked out.

Text that cannot be read at all raises `Unreadable`; an expression that cannot is a finding like others.
"""
