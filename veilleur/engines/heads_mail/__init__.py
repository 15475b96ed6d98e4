"""Sends signed journal heads by mail, to a mailbox that this installation cannot reach back into."""
