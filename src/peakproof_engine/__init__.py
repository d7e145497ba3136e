"""The reference sync engine: a connector of its own, which knows nothing of the harness."""
