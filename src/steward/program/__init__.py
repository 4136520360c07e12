"""What programs that run for long have in common: settings, a port, an end, logs."""
