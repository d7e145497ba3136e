"""The network between a connector and the fakes, and what goes wrong on it."""
