"""Updates, vulnerabilities, exceptions, endpoint protection, accounts and reviews: security inside
maintenance, where what is found becomes work with a deadline, closed when facts prove it.
"""
