"""`veilleur journal verify`: is the journal whole? `journal open-epochs`: this database was restored."""

import json
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from veilleur.domains.journal.jobs.heads import open_epochs, outside_evidence
from veilleur.domains.journal.labels import DAMAGE, ERASURE_REASONS
from veilleur.domains.journal.queries.verification import Report, is_signed_by, verify
from veilleur.domains.journal.rules.chain import from_us
from veilleur.domains.journal.rules.heads import SignedHeads, from_line
from veilleur.domains.journal.rules.verification import DeclaredLoss, Outcome, RecordedErasure
from veilleur.shared import words
from veilleur.shared.clock import utc_now
from veilleur.shared.readable import readable

# A declared loss is for a person to judge: no script may take it for whole.
EXIT_CODES = {Outcome.OK: 0, Outcome.BROKEN: 1, Outcome.UNKNOWN: 2, Outcome.LOSS_DECLARED: 2}
REFUSED, UNAVAILABLE, INPUT_OUTPUT, NO_PERMISSION = 1, 69, 74, 77  # docs/reference/exit-codes.md
KEY_BYTES = 32  # of Ed25519


class Command(BaseCommand):
    """Parses, calls, prints; the exit codes are 0 whole, 1 broken, 2 unknown, above 63 not done."""

    help = gettext_lazy("Verify the journal, or open new epochs after a restore.")  # type: ignore[assignment]

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the two verbs and what they take."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("ACTION"))
        check = verbs.add_parser(
            "verify",
            help=_("find what was changed, removed, reordered or cut off"),
            description=_("Find what was changed, removed, reordered or cut off."),
        )
        check.add_argument("--full", action="store_true", help=_("from the first entry on"))
        check.add_argument("--json", action="store_true", help=_("one JSON object on the output"))
        _declare_heads(check)
        epochs = verbs.add_parser(
            "open-epochs",
            help=_("declare that the database comes from a restore"),
            description=_("Declare that the database comes from a restore."),
        )
        epochs.add_argument(
            "--reason", required=True, metavar=_("TEXT"), help=_("why: it is kept in the journal")
        )
        _declare_heads(epochs)

    def handle(self, *args: object, **options: Any) -> None:
        """Run the verb and end the process with its exit code."""
        given = _read_heads(options["heads"])
        code = self._verify(given, options) if options["verb"] == "verify" else self._open(given, options)
        raise SystemExit(code)

    def _verify(self, given: tuple[SignedHeads, ...], options: dict[str, Any]) -> int:
        keys, elsewhere = outside_evidence()
        report = verify(
            public_keys=(*keys, *options["public_key"]),
            elsewhere=(*elsewhere, *given),
            is_full=options["full"],
        )
        self.stdout.write(_as_json(report) if options["json"] else _as_text(report))
        return EXIT_CODES[report.outcome]

    def _open(self, given: tuple[SignedHeads, ...], options: dict[str, Any]) -> int:
        keys, elsewhere = outside_evidence()
        known = (*elsewhere, *given)
        _refuse_unsigned(known, (*keys, *options["public_key"]))
        newest = max(known, key=lambda signed: signed.exported_at, default=None)
        opened = open_epochs(now=utc_now(), reason=options["reason"], signed=newest)
        self.stdout.write(_("New epochs opened: {count}").format(count=opened))
        return 0


def _refuse_unsigned(known: tuple[SignedHeads, ...], keys: tuple[bytes, ...]) -> None:
    """Raise CommandError for heads that nobody trusted signed: they would excuse whatever they like."""
    if known and not keys:
        text, code = _("The signature of the signed heads cannot be checked: no key is at hand."), UNAVAILABLE
        hint = _("“veilleur up” starts the process that holds it; --public-key takes one written down.")
    elif not all(is_signed_by(heads, keys) for heads in known):
        text, code = _("Among the signed heads are some that this installation did not sign."), REFUSED
        hint = _("No epoch was opened. A former key of this installation is given with --public-key.")
    else:
        return
    raise CommandError(f"{text} {hint}", returncode=code)


def _declare_heads(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--heads", type=Path, metavar=_("FILE"), help=_("file of signed heads kept elsewhere")
    )
    parser.add_argument(
        "--public-key",
        action="append",
        type=_public_key,
        default=[],
        metavar="HEX",
        help=_("a key that signed heads may be signed with, in hexadecimal; may be given several times"),
    )


def _read_heads(path: Path | None) -> tuple[SignedHeads, ...]:
    """Return the signed heads of a file; raise CommandError with a sentence when it is not such a file."""
    if path is None:
        return ()
    try:
        given = tuple(from_line(line) for line in path.read_text().splitlines() if line.strip())
        # Both are read from what was signed, whose content may be anything.
        read = [(signed.heads, signed.exported_at) for signed in given]
    except PermissionError:
        text, code = _("The file of signed heads {file} may not be read by this account."), NO_PERMISSION
    except FileNotFoundError:
        text, code = _("There is no file of signed heads at {file}."), INPUT_OUTPUT
    except IsADirectoryError:
        text, code = _("{file} is a folder; signed heads are kept in a file."), INPUT_OUTPUT
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        text, code = _("No signed heads can be read from the file {file}."), INPUT_OUTPUT
    else:
        return given if read else ()
    raise CommandError(text.format(file=path), returncode=code)


def _public_key(text: str) -> bytes:
    """Return a key given in hexadecimal; ValueError for what is none, which no signature could ever fit."""
    key = bytes.fromhex(text)
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return key


def _as_json(report: Report) -> str:
    exported_at = report.heads_exported_at
    findings = [
        {
            "damage": finding.damage,
            "organisation": str(finding.organisation),
            "epoch": finding.epoch,
            "sequence": finding.sequence,
            "until": finding.until,
        }
        for finding in report.findings
    ]
    content = {
        "outcome": report.outcome,
        "full": report.is_full,
        "chains": report.chains,
        "entries": report.entries,
        "heads_exported_at": None if exported_at is None else exported_at.isoformat(),
        "findings": findings,
        "bodies_erased": report.bodies_erased,
        "erasures": [
            {
                "organisation": str(erasure.organisation),
                "epoch": erasure.epoch,
                "sequence": erasure.sequence,
                "recorded_at": from_us(erasure.recorded_at_us).isoformat(),
                "actor": erasure.actor,
                "reason": erasure.reason,
                "named": erasure.named,
                "bodies": erasure.bodies,
            }
            for erasure in report.erasures
        ],
        "losses": [
            {
                "organisation": str(loss.organisation),
                "kept": list(loss.kept),
                "lost": list(loss.lost),
                "declared_at": from_us(loss.declared_at_us).isoformat(),
                "actor": loss.actor,
                "reason": loss.reason,
                "proven": loss.is_proven,
            }
            for loss in report.losses
        ],
    }
    return json.dumps(content, indent=2)


def _as_text(report: Report) -> str:
    lines = [
        f"{finding.organisation} {finding.epoch}:{finding.sequence}"
        + (f"-{finding.until}" if finding.until > finding.sequence else "")
        + f"  {DAMAGE[finding.damage]}"
        for finding in report.findings
    ]
    lines += [_loss_text(loss) for loss in report.losses]
    lines += [_erasure_text(erasure, is_full=report.is_full) for erasure in report.erasures]
    counted = ngettext(
        "Entries checked: {entries}, in one journal.",
        "Entries checked: {entries}, in {chains} journals.",
        report.chains,
    )
    language = get_language() or "en"
    lines.append(counted.format(entries=words.number(report.entries, language), chains=report.chains))
    lines.append(_outcome_text(report))
    return "\n".join(lines)


def _outcome_text(report: Report) -> str:
    if report.outcome is Outcome.BROKEN:
        return _("The journal is broken at the places named above.")
    if report.heads_exported_at is None:
        return _(
            "What is there is consistent; whether its end was cut off is unknown, "
            "for no signed proof of it can be read."
        )
    exported_at = _said(report.heads_exported_at)
    if not report.is_full:
        return _since_the_proof(report, exported_at)
    if report.losses:
        text = ngettext(
            "The journal is whole but for one declared loss, named above; only people know whether there was "
            "a restore. Last signed proof: {exported_at}.",
            "The journal is whole but for {count} declared losses, named above; only people know whether "
            "there were restores. Last signed proof: {exported_at}.",
            len(report.losses),
        )
        return text.format(count=len(report.losses), exported_at=exported_at)
    return _("The journal is whole. Last signed proof: {exported_at}.").format(exported_at=exported_at)


def _since_the_proof(report: Report, exported_at: str) -> str:
    """Return the sentence for a journal of which only the newest part was read: it claims no more."""
    if not report.losses:
        text = _(
            "Since the last signed proof, of {exported_at}, the journal is whole. What lies before was not "
            "read again: --full does."
        )
        return text.format(exported_at=exported_at)
    text = ngettext(
        "Since the last signed proof, of {exported_at}, the journal is whole; what lies before was not read "
        "again: --full does. One loss was declared, named above; only people know whether there was a "
        "restore.",
        "Since the last signed proof, of {exported_at}, the journal is whole; what lies before was not read "
        "again: --full does. {count} losses were declared, named above; only people know whether there were "
        "restores.",
        len(report.losses),
    )
    return text.format(exported_at=exported_at, count=len(report.losses))


def _erasure_text(erasure: RecordedErasure, *, is_full: bool) -> str:
    """Return what an act erased: as it was found, or as the act says where entries before were not read."""
    count = erasure.bodies if is_full else erasure.named
    counted = ngettext(
        "The content of one entry was erased by a recorded act, on {instant}, by {actor}: {reason}.",
        "The content of {count} entries was erased by a recorded act, on {instant}, by {actor}: {reason}.",
        count,
    )
    text = counted.format(
        count=words.number(count, get_language() or "en"),
        instant=_said(from_us(erasure.recorded_at_us)),
        actor=readable(erasure.actor),
        reason=ERASURE_REASONS.get(erasure.reason) or readable(erasure.reason),
    )
    return f"{erasure.organisation} {erasure.epoch}:{erasure.sequence}  {text}"


def _loss_text(loss: DeclaredLoss) -> str:
    (epoch, sequence), (last_epoch, last) = loss.kept, loss.lost
    until = f"{last}" if last_epoch == epoch else f"{last_epoch}:{last}"
    text = _("Declared lost by a restore, on {instant}, by {actor}: {reason}.").format(
        instant=_said(from_us(loss.declared_at_us)),
        actor=readable(loss.actor),
        reason=readable(loss.reason),
    )
    if not loss.is_proven:
        text += " " + _("No signed proof at hand reaches that far.")
    return f"{loss.organisation} {epoch}:{sequence + 1}-{until}  {text}"


def _said(instant: datetime) -> str:
    return words.instant(instant, ZoneInfo(settings.TIME_ZONE), get_language() or "en")
