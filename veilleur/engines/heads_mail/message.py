"""Builds the mail that carries signed heads, purely."""

from email.message import EmailMessage

from veilleur.domains.journal.rules.heads import SignedHeads, to_line

FILE_NAME = "veilleur-journal-heads.jsonl"


def heads_message(signed: SignedHeads, *, sender: str, recipient: str, text: str) -> EmailMessage:
    """Return the mail: a sentence that says what it is for, and the line to be given to `journal verify`."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = f"Veilleur: journal {signed.exported_at:%Y-%m-%d %H:%M} UTC"
    # Mailboxes fold or drop what is automatic and unsaid; this says so and stays unanswered.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_attachment((to_line(signed) + "\n").encode(), "application", "json", filename=FILE_NAME)
    return message
