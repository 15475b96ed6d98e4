"""Words of recovery: the codes of scenarios, answers, reasons, steps and next steps as sentences."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from veilleur.domains.recovery.rules import answer, evidence, people, scenarios
from veilleur.shared.verdict import Verdict


class ScenarioChoice(models.TextChoices):
    """What may happen."""

    DATA_LOST = scenarios.DATA_LOST, _("Data lost or damaged, the machine is still there")
    MACHINE_LOST = scenarios.MACHINE_LOST, _("Machine lost, with everything on it")


class StepChoice(models.TextChoices):
    """What people do in a recovery; restoring itself is unattended and is timed by tests."""

    DECIDE = people.DECIDE, _("Notice and decide")
    KEY = people.KEY, _("Fetch the recovery key")
    PREPARE = people.PREPARE, _("Prepare the machine")
    CHECK = people.CHECK, _("Start and check")
    VALIDATE = people.VALIDATE, _("Validate with the business")


SCENARIOS: dict[str, Promise] = {
    scenarios.DATA_LOST: _("Data lost or damaged, the machine is still there"),
    scenarios.MACHINE_LOST: _("Machine lost, with everything on it"),
}

STATES: dict[Verdict, Promise] = {
    Verdict.GOOD: _("Good"),
    Verdict.WATCH: _("To watch"),
    Verdict.BAD: _("Bad"),
    Verdict.UNKNOWN: _("Unknown"),
}

KINDS: dict[str, Promise] = {
    evidence.NEVER: _("Never: all is lost"),
    evidence.KEY_ONLY_HERE: _("Never: the recovery key is only here"),
    evidence.UNPROVEN: _("Unproven"),
    evidence.FIGURE: _("Proven by timed restore tests"),
}

STEPS: dict[str, Promise] = {
    people.DECIDE: _("Notice and decide"),
    people.KEY: _("Fetch the recovery key"),
    people.PREPARE: _("Prepare the machine"),
    people.RESTORE: _("Restore"),
    people.CHECK: _("Start and check"),
    people.VALIDATE: _("Validate with the business"),
}

ROLES: dict[str, Promise] = {
    "management": _("management"),
    "key_holder": _("who keeps the key"),
    "technician": _("technician"),
    "automatic": _("automatic"),
    "business_referent": _("business referent"),
}

REASONS: dict[str, Promise] = {
    evidence.NO_COPY: _("Nothing protects this data: there is no copy of it."),
    evidence.COPIES_ON_LOST_MACHINE: _("Every copy is on the machine that is lost."),
    evidence.NO_COMPLETE_POINT: _("The copies that would survive hold no complete backup."),
    answer.KEY_NOT_ISSUED: _(
        "No recovery key has been printed: the passwords of the backups are only on this installation."
    ),
    answer.KEY_NOT_TYPED_BACK: _(
        "The recovery key was printed, but nobody has typed it back from the kept copy: it may be nowhere."
    ),
    answer.KEY_NOT_TESTED: _(
        "The recovery key was typed back, but no restore test has been run with it alone yet."
    ),
    evidence.NEVER_TESTED: _("No restore test has ever been run on a copy that would survive."),
    evidence.NO_FULL_TEST: _("Only samples have been restored: a full restore was never timed."),
    evidence.LAST_TEST_FAILED: _("The last restore test failed: this copy cannot be relied on."),
    evidence.PLACE_NOT_REACHED: _(
        "The backup place could not be reached or opened the last time: what it still holds is unknown."
    ),
    evidence.NO_DATA_DECLARED: _("Nobody has said which data this service needs."),
    evidence.MACHINE_UNKNOWN: _("Nobody has said on which machine this service runs."),
    evidence.REBUILD_NEVER_TESTED: _("Building this machine anew was never tried."),
    evidence.CIRCULAR_NEED: _("Services wait for one another: none of them can be the first to start."),
    answer.PROOF_EXPIRED: _("The last passed restore test is too old to prove anything."),
    answer.PROOF_OLD: _("The last passed restore test is getting old."),
    answer.RESTORE_MAY_FAIL: _("Too many restores would fail: an untested backup may not come back."),
    answer.RTO_MISSED: _("It would take longer than is admitted."),
    answer.RTO_AT_RISK: _("One time in twenty it would take longer than is admitted."),
    answer.NO_ORDER_MEETS_RTO: _(
        "Even in the best order and at best speed, it takes longer than is admitted."
    ),
    answer.NO_OBJECTIVE: _("Nobody has said how long this service may be down, or how much may be lost."),
    answer.ALL_LOST: _("Everything would be lost."),
    answer.NO_VERIFIED_POINT: _("No restore test vouches for any backup that would survive."),
    answer.RPO_EXCEEDED: _("More work would be lost than is admitted."),
    answer.NEWEST_NOT_VERIFIED: _("The newest backup is recent enough, but no restore test vouches for it."),
    answer.NO_NEW_COPIES: _("No plan makes new copies any more: what would be lost grows by the hour."),
    answer.RPO_EXCEEDED_LATELY: _(
        "In the last ninety days there was a moment at which more would have been lost than is admitted."
    ),
}

NEXT_STEPS: dict[str, Promise] = {
    "protect_data": _("Put this data into a backup plan."),
    "add_copy_elsewhere": _("Add a backup place on another machine, best on another site."),
    "make_complete_backup": _("Run a backup and see that it ends complete."),
    "issue_key": _("Print the recovery key and keep it away from this machine."),
    "type_key_back": _("Type the recovery key back from the copy you keep."),
    "test_with_key_alone": _("Run a restore test with the recovery key alone."),
    "run_restore_test": _("Run a restore test."),
    "run_full_restore_test": _("Run a full restore test, not a sample."),
    "mend_failed_copy": _(
        "Find out why the restore test failed, then back up and test again; a damaged repository needs "
        "another place or a repair."
    ),
    "reach_place": _("Bring the backup place back: look at its disk, its share or its folder."),
    "declare_data": _("Say which data this service needs."),
    "say_where_it_runs": _("Say on which machine this service runs."),
    "run_drill": _("Build the machine anew once, as an exercise, and time it."),
    "break_circle": _("Break the circle: one of these services must be able to start without the others."),
    "change_means": _("Change the means: a faster link, a nearer copy, a spare machine."),
    "shorten_bottleneck": _("Shorten the step that takes most of the time, or admit a longer stop."),
    "set_objectives": _("Say how long this service may be down and how much work may be lost."),
    "back_up_now": _("Run a backup now, and see why the last one is so old."),
    "switch_plan_on": _("Switch the plan on again, or put this data into another one."),
    "back_up_more_often": _("Back up more often."),
}

# What the journal's page says of each kind of fact.
FACTS: dict[str, Promise] = {
    "recovery.answer_changed": _("The answer about a restart is another one."),
    "recovery.human_step_estimated": _("The time of a step done by people was estimated."),
    "recovery.means_stated": _("The means for a recovery were stated."),
}
