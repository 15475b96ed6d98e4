"""Words of documents: codes of rules and choices of tables as sentences."""

from itertools import groupby

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from veilleur.domains.knowledge.rules.audience import Audience
from veilleur.domains.knowledge.rules.diagram import Diagram, Direction, Fault, Link, without_marks
from veilleur.domains.knowledge.rules.documents import DocumentKind, Priority, Topic
from veilleur.domains.knowledge.rules.files import FileFault, FileType
from veilleur.domains.knowledge.rules.runs import Outcome


class DocumentKindChoice(models.TextChoices):
    """What a document is for."""

    PAGE = DocumentKind.PAGE, _("Page")
    PROCEDURE = DocumentKind.PROCEDURE, _("Procedure")


class TopicChoice(models.TextChoices):
    """What a document is about."""

    NETWORK_DIAGRAM = Topic.NETWORK_DIAGRAM, _("Network diagram")
    SERVER_CONFIGURATION = Topic.SERVER_CONFIGURATION, _("Server configuration")
    BACKUP = Topic.BACKUP, _("Backup and what is kept")
    ONE_FILE_RESTORE = Topic.ONE_FILE_RESTORE, _("Restore one file")
    FULL_RESTORE = Topic.FULL_RESTORE, _("Restore everything")
    START = Topic.START, _("Start")
    STOP = Topic.STOP, _("Stop")
    FAILOVER = Topic.FAILOVER, _("Fail over")
    UPDATE = Topic.UPDATE, _("Update")
    ARRIVAL = Topic.ARRIVAL, _("Somebody arrives")
    DEPARTURE = Topic.DEPARTURE, _("Somebody leaves")
    SERVER_DOWN = Topic.SERVER_DOWN, _("Reflex sheet: a server is down")
    SOFTWARE_HANGS = Topic.SOFTWARE_HANGS, _("Reflex sheet: an application hangs")
    RANSOMWARE = Topic.RANSOMWARE, _("Reflex sheet: ransomware")
    STOLEN_MAILBOX = Topic.STOLEN_MAILBOX, _("Reflex sheet: a stolen mailbox")
    OTHER = Topic.OTHER, _("Something else")


class PriorityChoice(models.TextChoices):
    """In what order procedures are carried out."""

    AT_ONCE = Priority.AT_ONCE, _("At once: everything else waits")
    FIRST = Priority.FIRST, _("Before what is planned")
    IN_TURN = Priority.IN_TURN, _("In turn")
    WHEN_FREE = Priority.WHEN_FREE, _("When there is time")


class OutcomeChoice(models.TextChoices):
    """How a run ended."""

    FINISHED = Outcome.FINISHED, _("Finished")
    GIVEN_UP = Outcome.GIVEN_UP, _("Given up")


class AudienceChoice(models.TextChoices):
    """Who reads a document."""

    TEAM = Audience.TEAM, _("Our own people, without those who only ask")
    TEAM_AND_PROVIDER = Audience.TEAM_AND_PROVIDER, _("Our own people, and providers with a mandate")
    EVERYBODY = Audience.EVERYBODY, _("Everybody, those who only ask as well")


class FileTypeChoice(models.TextChoices):
    """What an attached file is."""

    PDF = FileType.PDF, _("PDF")
    PNG = FileType.PNG, _("Picture, PNG")
    JPEG = FileType.JPEG, _("Picture, JPEG")
    GIF = FileType.GIF, _("Picture, GIF")
    WEBP = FileType.WEBP, _("Picture, WebP")
    OFFICE = FileType.OFFICE, _("Office document")
    TEXT = FileType.TEXT, _("Plain text")


class FileFaultChoice(models.TextChoices):
    """What is wrong with an attached file."""

    MISSING = FileFault.MISSING, _("Missing")
    DAMAGED = FileFault.DAMAGED, _("Damaged")


# Why an action was refused.
REFUSALS: dict[str, Promise] = {
    "no_such_document": _("This document does not exist in this organisation, or is out of use."),
    "title_missing": _("A title is needed."),
    "text_missing": _("There is nothing in it yet."),
    "text_too_long": _("This text is longer than 200 kB: make two documents of it."),
    "line_too_long": _("A title, who may ask and who acts have 200 characters at most."),
    "unfit_signs": _("There is a character in it that cannot be shown, from a copied text perhaps."),
    "saved_meanwhile": _(
        "Somebody else saved this document while you were writing. Nothing is lost: compare, then save yours."
    ),
    "no_such_member": _("This person does not belong to the organisation."),
    "one_person_twice": _("Owner and deputy are two people."),
    "no_such_subject": _("Something this document was to be about is not on the map any more."),
    "no_steps": _("It has no steps yet: write them as the first numbered list of the text."),
    "too_many_steps": _("It has more than 200 steps: make several procedures of it."),
    "no_such_sheet": _("This run is over, or does not exist in this organisation."),
    "no_such_step": _("This step does not exist."),
    "steps_left": _("Not every step is ticked: tick those that are done, or give up and say why."),
    "reason_missing": _("Say why it was given up."),
    "note_missing": _("There is nothing in the note yet."),
    "note_too_long": _("A note has 2,000 characters at most."),
    "review_unknown": _("Choose one of the times that are offered."),
    "audience_unknown": _("Choose one of those who may read it."),
    "no_file": _("Choose a file first."),
    "file_empty": _("This file is empty."),
    "file_too_long": _("This file is larger than an attachment may be."),
    "file_type": _(
        "This kind of file is not accepted; these are: PDF, picture (PNG, JPEG, GIF, WebP), "
        "office document, text."
    ),
    "quota_reached": _(
        "There is no room left for attached files: attach a smaller one, or let the limit be raised."
    ),
    "name_taken": _("The document has a file of this name already: remove it first, or rename yours."),
    "too_many_files": _("A document has 50 files at most."),
    "no_such_file": _("This file does not belong to the document any more."),
}

# What the journal's page says of each kind of fact.
FACTS: dict[str, Promise] = {
    "knowledge.document_written": _("A version of a document was saved."),
    "knowledge.document_entrusted": _("A document was entrusted to its owner."),
    "knowledge.document_tied": _("What a document is about changed."),
    "knowledge.document_confirmed": _("Somebody said that a document is still right."),
    "knowledge.document_retired": _("A document was taken out of use."),
    "knowledge.bundle_made": _("The offline bundle was made."),
    "knowledge.bundle_places_changed": _("A copy of the offline bundle went, or came back."),
    "knowledge.run_started": _("Somebody began to do a procedure."),
    "knowledge.step_ticked": _("A step of a procedure was done."),
    "knowledge.step_unticked": _("A step was ticked by mistake."),
    "knowledge.run_noted": _("Something was noted on a run sheet."),
    "knowledge.run_ended": _("A run of a procedure is over."),
    "knowledge.file_attached": _("A file was attached to a document."),
    "knowledge.file_removed": _("A file was removed from a document."),
    "knowledge.file_broken": _("An attached file is missing or damaged."),
    "knowledge.file_whole": _("An attached file is whole again."),
    "knowledge.document_opened": _("Who may read a document changed."),
}

# What a document lacks, said of it in a table.
NEEDS: dict[str, Promise] = {
    "owner_left": _("Its owner has left"),
    "fill_in": _("Not filled in yet"),
    "review": _("To be reviewed"),
    "second_person": _("Known by one person"),
}
KEPT = _("Well kept")
# In the place of its title, to those for whom it is not written.
HIDDEN_DOCUMENT = _("a document for the own team")
# The same of a document that must be there.
GAPS: dict[str, Promise] = {"missing": _("Missing"), **NEEDS}
# By how many people a procedure was really done; nothing is said of a page.
PRACTISED: dict[str, Promise] = {
    "by_nobody": _("By nobody yet"),
    "by_one": _("By one person alone"),
    "by_several": _("By several people"),
}


def refusal_sentence(reason: str) -> str:
    """Return the sentence for a refusal's reason code; raise KeyError for a code of another domain."""
    return str(REFUSALS[reason])


# Why a drawing within a text cannot be drawn.
DRAWING_FAULTS: dict[str, Promise] = {
    "too_long": _("It is longer than 8 kB: make two drawings of it."),
    "nothing_drawn": _("There is no box in it yet: box name: what stands in it"),
    "not_understood": _("This is not a title, box, group, end or link."),
    "title_twice": _("It has a title already."),
    "box_twice": _("There is a box of this name already."),
    "box_unknown": _("One of these boxes is not there: write it as “box name: what stands in it”."),
    "too_many_boxes": _("A drawing has 60 boxes at most."),
    "too_many_links": _("A drawing has 100 links at most."),
    "too_many_groups": _("A drawing has 12 groups at most."),
    "line_too_long": _("This line has more than 300 characters."),
    "label_too_long": _("What stands in it has 60 characters at most."),
    "group_in_group": _("A group within a group cannot be drawn: end the first one before."),
    "group_not_ended": _("This group has no end: write “end” below its boxes."),
    "end_without_group": _("No group has begun before this end."),
    "link_to_itself": _("A link leads to another box."),
}


def drawing_fault(fault: Fault) -> str:
    """Return the sentence for what is wrong in a drawing, with the line it is in."""
    sentence = str(DRAWING_FAULTS[fault.reason])
    if not fault.line:
        return sentence
    text = gettext("Line {line}, “{text}”: {sentence}")
    return text.format(line=fault.line, text=fault.text[:100], sentence=sentence)


def said_diagram(diagram: Diagram) -> list[tuple[str, list[str]]]:
    """Return what a drawing shows in words: boxes by group ("" for those that stand alone), then links."""
    said = [
        (without_marks(diagram.groups[group]) if group is not None else "", [box.words for box in boxes])
        for group, boxes in groupby(diagram.boxes, key=lambda box: box.group)
    ]
    if diagram.links:
        said.append((gettext("Links"), [_said_link(diagram, link) for link in diagram.links]))
    return said


def _said_link(diagram: Diagram, link: Link) -> str:
    text = {
        Direction.THERE: gettext("from {start} to {end}"),
        Direction.BOTH: gettext("from {start} to {end} and back"),
        Direction.NONE: gettext("between {start} and {end}"),
    }[link.direction].format(start=diagram.label_of(link.start), end=diagram.label_of(link.end))
    if not link.label:
        return text
    return gettext("{link}: {label}").format(link=text, label=without_marks(link.label))


# What rests on one person or on nobody: what to do about it, and why.
RELIANCE_STEPS: dict[str, Promise] = {
    "one_who_acts": _("Let a second person act: invite a technician, or give a provider a mandate."),
    "done_by_one": _("Have a second person do the procedure, step by step, with its run sheet."),
    "rota_gap": _("Plan who is on call then, or have somebody take over."),
    "no_rota": _("Plan who is on call, or say that nobody has to be: another profile of the organisation."),
    "rota_of_one": _("Let a second person take turns."),
    "owner_left": _("Name a new owner."),
    "missing": _("Write the required documents that are missing."),
    "fill_in": _("Fill in what was left open."),
    "no_procedure": _("Write how everything is restored, then do it once."),
    "never_done": _("Do the procedure once, with its run sheet."),
    "done_long_ago": _("Do the procedure again, with its run sheet."),
    "single_point": _(
        "Have something stand in for the machine and say so, or know how long a restart without it takes."
    ),
    "undrawn": _("Say on what the service runs."),
    "one_manager": _("Name a second manager."),
    "second_factor": _("Ask these people to add an app or a passkey to their account."),
    "no_referent": _("Say for each service who answers for it."),
    "second_person": _("Name a deputy who can stand in for the owner."),
    "review": _("Read the document again, mend it, and say that it is right."),
    "bundle_none": _("Make the offline bundle."),
    "bundle_only_here": _("Name a place elsewhere for the offline bundle: a share or a USB disk."),
    "bundle_spoilt": _("Find out why a copy of the offline bundle is missing or damaged."),
    "bundle_away": _("Plug in or mount the place of the offline bundle that is away."),
    "bundle_not_looked_at": _("Start Veilleur’s background work: the offline bundle is not looked after."),
    "bundle_old": _("Find out why no newer offline bundle was made."),
    "bundle_changed": _("Find out why the offline bundle was not made anew."),
}
RELIANCE_REASONS: dict[str, Promise] = {
    "one_who_acts": _("One person alone may act on the servers: nobody can stand in."),
    "done_by_one": _("In the last twelve months one person alone has really done a procedure."),
    "rota_gap": _("Within seven days nobody is on call in hours that must be covered."),
    "no_rota": _("Nobody is said to be on call: who answers at night is not known."),
    "rota_of_one": _("One person alone is on call: nobody relieves them."),
    "owner_left": _("The owner of a document has left: nobody looks after it."),
    "missing": _("Required documents are missing: what they would say is known by somebody, or by nobody."),
    "fill_in": _("Places to fill in are still open: it would not help whoever has to use it."),
    "no_procedure": _("No procedure says how work is brought back, so nobody can have followed one."),
    "never_done": _("Nobody has really done a procedure: whether it works is not known."),
    "done_long_ago": _("Nobody who is still here has done a procedure in the last twelve months."),
    "single_point": _("Services stop with one machine alone."),
    "undrawn": _("The map does not say on what a service runs: whether it rests on one machine is unknown."),
    "one_manager": _("One manager alone decides who is let in."),
    "second_factor": _(
        "People are held up when it counts: their role asks for a second factor that they lack."
    ),
    "no_referent": _("Nobody who is still here answers for a service: who says how long it may be down?"),
    "second_person": _("One person alone looks after a document."),
    "review": _("Nobody has said in time that a document is still right."),
    "bundle_none": _("No offline bundle was made: what it takes to begin again may be on what is down."),
    "bundle_only_here": _("The offline bundle is beside the servers only: it would be lost with them."),
    "bundle_spoilt": _("A copy of the offline bundle is missing, damaged or could not be written."),
    "bundle_away": _("A copy of the offline bundle cannot be reached: whether it is there is not known."),
    "bundle_not_looked_at": _("The offline bundle was not checked for a day."),
    "bundle_old": _("The offline bundle is older than eight days."),
    "bundle_changed": _("What the offline bundle says has changed since it was made."),
}
# What is not recorded yet, so that nothing can be said about it.
RELIANCE_UNRECORDED: dict[str, Promise] = {
    "nothing_required": _("No server is in service, so no document is required yet."),
    "machines": _("No service is on the map, so nothing is known of what rests on one machine."),
}
RELIANCE_PARTS: dict[str, Promise] = {
    "people": _("People"),
    "practice": _("Really done"),
    "documents": _("Documents"),
    "offline": _("Offline"),
    "machines": _("Machines"),
}
# How the offline bundle lies in a place.
BUNDLE_PLACES: dict[str, Promise] = {
    "kept": _("There and whole"),
    "same_disk": _("On the disk of Veilleur itself"),
    "away": _("Out of reach: is it plugged in or mounted?"),
    "missing": _("Not there"),
    "damaged": _("Differs from what was written"),
    "failed": _("Could not be written"),
}
# The first line of each table in the offline bundle.
BUNDLE_HEADINGS: dict[str, tuple[Promise, ...]] = {
    "contacts": (_("Name"), _("Role or people"), _("E-mail"), _("Provider")),
    "services": (
        _("Service"),
        _("Runs on"),
        _("May be down (RTO)"),
        _("May lose (RPO)"),
        _("Works again, four times in five, within"),
    ),
    "on_call": (_("Rota"), _("Provider"), _("From"), _("Until"), _("Name"), _("E-mail")),
}
NOBODY_ON_CALL, SOMEBODY_ON_CALL = _("Nobody"), _("Somebody of the provider")
# Why an attached file is not in the offline bundle.
LEFT_OUT: dict[str, Promise] = {
    "too_much": _("no longer fits"),
    "missing": _("is missing in Veilleur"),
    "damaged": _("is damaged in Veilleur"),
}
