"""Rehearse peak trading against a stock-and-order connector."""

__version__ = "0.1.0"
