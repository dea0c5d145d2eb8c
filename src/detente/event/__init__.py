"""Duplicates and stories grouped, reports merged into events, human corrections applied: pure functions over rows."""
