"""Indicators, controls, reports, committee, actions, proposals and obligations: what is decided, by whom,
until when, and what came of it.
"""
