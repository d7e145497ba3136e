"""Fake services and the SimPy trading day."""
