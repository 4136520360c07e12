"""What programs that answer over HTTP have in common: problems, guards, headers, and how they describe both."""
