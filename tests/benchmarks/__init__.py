"""Benchmarks: each prints a table, beside something real that is measured in the same run."""
