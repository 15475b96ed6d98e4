"""Repositories, plans, runs, copies and restore tests: what is protected, where its copies are, and what has
been proven by restoring it.
"""
