"""The catalogue's metrics as this platform feeds them, and its logs."""
