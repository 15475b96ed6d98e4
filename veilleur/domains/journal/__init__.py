"""Every fact: who did or saw what, when. Append-only and hash-chained per organisation; at once history,
evidence and queue, with readers' cursors, the one table of background jobs, and the answers kept for pages.
"""
