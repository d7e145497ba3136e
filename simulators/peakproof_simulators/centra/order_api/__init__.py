"""The Order API: REST, for pick and pack."""
