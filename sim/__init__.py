"""Simulator of staged selection programmes."""
