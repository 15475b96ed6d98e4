"""Pages and procedures with owner, deputy and review date, tied to what they are about, so that nothing is
known by one person alone.
"""
