"""Changes, approvals, run sheets, notices, update campaigns and intervention permits: may this person touch
this server now?
"""
