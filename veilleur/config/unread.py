"""What the web process and the pages tell one another of a request, in its WSGI environment: that what was
sent was not taken, which the pages say in words; and for which organisation somebody sends.
"""

# In the WSGI environment: the HTTP status of the answer. No header can have this name.
UNREAD = "veilleur.unread"
# Set by the pages: the key of the organisation that is looked at, absent where nobody is signed in.
SENDER = "veilleur.sender"
