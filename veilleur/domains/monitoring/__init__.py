"""Checks, results, soft and hard states, series and logs. What has no fresh result is unknown, never good."""
