"""The words of the masthead: the pages that exist, in the order in which one works with them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """One word of the masthead."""

    label: str | Promise
    route: str
    url: str
    is_current: bool


PORTFOLIO = "desk:portfolio"
INSTRUCTIONS = "knowledge:instructions"

# (route, word, routes of the pages that belong under it)
_PAGES: tuple[tuple[str, str | Promise, frozenset[str]], ...] = (
    ("desk:home", _("Home"), frozenset({"desk:reliance", "desk:first_week"})),
    (
        PORTFOLIO,
        _("Customers"),
        frozenset({"organisations:add_customer", "organisations:give_mandate_back"}),
    ),
    ("desk:checks", _("Watch"), frozenset({"desk:retire_check"})),
    (
        "desk:protection",
        _("Backups"),
        frozenset(
            {
                "desk:add_place",
                "desk:add_plan",
                "desk:name_server",
                "desk:plan",
                "desk:end_plan",
                "desk:retire_data",
                "desk:retire_place",
            }
        ),
    ),
    (
        "desk:restart",
        _("Restart"),
        frozenset({"desk:recovery_key", "desk:replace_key", "desk:issue_key", "desk:human_steps"}),
    ),
    (
        "desk:estate",
        _("Estate"),
        frozenset(
            {
                "desk:machine",
                "desk:service",
                "desk:objectives",
                "desk:describe_service",
                "desk:service_data",
                "desk:add_service",
                "desk:add_component",
                "desk:describe_component",
                "desk:bring_list",
                "desk:list",
                "desk:activity",
                "desk:add_activity",
                "desk:describe_activity",
                "desk:activity_services",
                "desk:busy_periods",
                "desk:end_activity",
                "desk:machine_hosts",
                "desk:service_hosts",
                "desk:map",
                "desk:weak_points",
                "desk:agents",
                "desk:device",
                "desk:make_agent_key",
                "desk:revoke_agent_key",
            }
        ),
    ),
    (
        "knowledge:documents",
        _("Documents"),
        frozenset(
            {
                "knowledge:document",
                "knowledge:file",
                "knowledge:preview",
                "knowledge:versions",
                "knowledge:version",
                "knowledge:choose_template",
                "knowledge:new_document",
                "knowledge:edit",
                "knowledge:care",
                "knowledge:retire",
                "knowledge:sheet",
                "knowledge:required",
                "knowledge:bundle",
                "knowledge:changes",
                "knowledge:search",
                "knowledge:attach",
                "knowledge:remove_file",
            }
        ),
    ),
    # For those who see no documents but these.
    (INSTRUCTIONS, _("How to ask"), frozenset({"knowledge:instruction"})),
    (
        "organisations:people",
        _("People"),
        frozenset(
            {
                "organisations:person",
                "organisations:invite",
                "organisations:end_membership",
                "organisations:settings",
                "organisations:directories",
                "organisations:directory",
                "organisations:add_directory",
                "organisations:change_directory",
                "organisations:remove_directory",
                "organisations:identity_providers",
                "organisations:identity_provider",
                "organisations:add_identity_provider",
                "organisations:change_identity_provider",
                "organisations:remove_identity_provider",
                "organisations:organisation_tokens",
                "organisations:make_organisation_token",
                "organisations:revoke_organisation_token",
                "organisations:personal_data",
                "organisations:person_data",
                "organisations:export_person",
                "organisations:erase_person",
                "organisations:erasure",
                "organisations:add_team",
                "organisations:team",
                "organisations:rotas",
                "organisations:rota",
                "organisations:add_rota",
                "organisations:absence",
                "organisations:add_absence",
                "organisations:change_rota",
                "organisations:plan_turns",
                "organisations:plan_shift",
                "organisations:my_shifts",
                "organisations:take_over",
                "organisations:ask_swap",
                "organisations:note_intervention",
                "organisations:offer_mandate",
                "organisations:mandate",
                "organisations:end_mandate",
            }
        ),
    ),
    ("desk:journal", _("Journal"), frozenset()),
)


def entries(current_route: str, *, hidden: frozenset[str] = frozenset()) -> tuple[Entry, ...]:
    """Return the masthead's words but the hidden routes'; that of the page, or one above it, is current."""
    return tuple(
        Entry(label=word, route=route, url=reverse(route), is_current=current_route in {route, *below})
        for route, word, below in _PAGES
        if route not in hidden
    )
