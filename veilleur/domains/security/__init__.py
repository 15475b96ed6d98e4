"""Updates, vulnerabilities, exceptions, endpoint protection, accounts and reviews: security inside maintenance.
"""
