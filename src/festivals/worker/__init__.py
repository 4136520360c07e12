"""The worker: settles closed festivals, delivers tickets, expires idle wallets, and keeps its queue in order."""
