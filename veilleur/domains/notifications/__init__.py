"""Messages to people: recipients, channels, the outbox and its deliveries, in each recipient's language,
quiet hours respected, at least once and at most one duplicate after a crash.
"""
