"""How the web process tells the pages that it did not take what was sent; the pages say so in words."""

# In the WSGI environment: the HTTP status of the answer. No header can have this name.
UNREAD = "veilleur.unread"
