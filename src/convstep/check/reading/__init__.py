"""Reads a submission: which of its statements count, and what its code shows."""
