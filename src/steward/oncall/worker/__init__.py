"""What on-call does by itself, in loops: advance pages, send, compare with Alertmanager, listen for Watchdog."""
