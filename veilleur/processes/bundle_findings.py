"""What `doctor` says of the offline bundles: whether each organisation's would help when servers are down."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import translation

from veilleur.config.words import gettext as _
from veilleur.config.words import spoken_language
from veilleur.domains.knowledge.labels import RELIANCE_REASONS
from veilleur.domains.knowledge.queries.bundle import newest_bundle
from veilleur.domains.knowledge.rules.bundle import NEED_VERDICTS, BundleNeed, needs_of_bundle
from veilleur.domains.organisations.queries import whole_organisations
from veilleur.processes.findings import Finding
from veilleur.shared.readable import readable
from veilleur.shared.verdict import Verdict


def bundles(now: datetime) -> Iterator[Finding]:
    """Yield for each real organisation what keeps its bundle from helping, or that it would."""
    for organisation in whole_organisations(with_demo=False):
        row = newest_bundle(organisation.pk)
        name = readable(organisation.name)
        needs = needs_of_bundle(row.kept if row else None, now)
        if not needs:
            message = _("{name}: the offline bundle is whole, up to date, and elsewhere")
            yield Finding("bundle", Verdict.GOOD, message.format(name=name))
        for need in needs:
            with translation.override(spoken_language()):
                why = str(RELIANCE_REASONS[need])
            text = _("{name}: {why}").format(name=name, why=why)
            yield Finding("bundle", NEED_VERDICTS[need], text, _remedy(need))


def _remedy(need: BundleNeed) -> str:
    if need is BundleNeed.ONLY_HERE:
        return _("set VEILLEUR_BUNDLE_COPIES to folders of a share or a USB disk; then start Veilleur again")
    return "mount; veilleur bundle" if need is BundleNeed.AWAY else "veilleur bundle"
