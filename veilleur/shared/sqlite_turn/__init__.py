"""Django's SQLite backend with a fair turn for writers: `ENGINE = "veilleur.shared.sqlite_turn"`.

SQLite lets one connection write at a time and lets chance choose the next, so that busy writers starve
the others. Here every write, whoever makes it, first queues for its turn (`turn.py`); reads never wait.
Checkpoints and snapshots are made in one place each (`upkeep.py`).
"""
