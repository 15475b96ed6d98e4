"""Indicators, controls, reports, committee, actions, proposals and obligations: what is decided, by whom, when.
"""
