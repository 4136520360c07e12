"""What on-call decides: pure functions of state and time, without a socket, a store or a clock."""
