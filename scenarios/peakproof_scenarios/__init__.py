"""Scenarios: what happens, as data."""
