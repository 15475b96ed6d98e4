"""Maintenance windows and their occurrences, freezes, busy periods and calendars. One window silences alerts,
opens accesses, notifies users and leaves the availability figure.
"""
