"""Updates, vulnerabilities, exceptions, endpoint protection, accounts and reviews.

Security inside maintenance: what is found becomes work with a deadline, and closes itself when facts prove it.
"""
