"""Plays a scenario: trade, calm, settle, read back - in virtual time or live."""
