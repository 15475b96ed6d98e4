"""What the walk cannot guess: valid form data, parameters that are no public id, the payloads of jobs.

Whoever adds a route that takes a form, or a job, is told by the failing test which line to add here.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator

from tests.tenancy.quiet import WORDS
from tests.tenancy.samples_of_domains import activities_forms, documents_forms, on_call_forms
from tests.tenancy.world import Party
from veilleur.config.public_routes import PUBLIC_ROUTES
from veilleur.domains.estate.actions import make_agent_key
from veilleur.domains.organisations.actions import Invited, invite, issue_setup_link
from veilleur.domains.organisations.factories import make_mandate, make_organisation
from veilleur.domains.organisations.models import IdentityProvider
from veilleur.domains.organisations.queries.second_factors import own_factors
from veilleur.domains.organisations.rules.roles import Role
from veilleur.shared.clock import utc_now
from veilleur.shared.ids import new_id
from veilleur.shared.viewer import SYSTEM


def _setup_token(party: Party) -> str:
    return issue_setup_link(now=utc_now(), actor=SYSTEM, organisation_id=party.organisation.pk)


def _invitation_token(party: Party) -> str:
    invited = Invited(email=f"new-{uuid4()}@vexin.example", name="Somebody new", role=Role.TECHNICIAN)
    token = invite(now=utc_now(), actor=SYSTEM, organisation_id=party.organisation.pk, invited=invited)
    assert isinstance(token, str)
    return token


def _mandate_token(_party: Party) -> str:
    token = f"mandate {new_id(utc_now())}"
    make_mandate(make_organisation("Offers a mandate"), token=token)
    return token


def _door(party: Party) -> str:
    return str(IdentityProvider.objects.of(party.organisation.pk).values_list("door", flat=True)[0])


def _passkey_key(party: Party) -> str:
    credential = {"clientExtensionResults": {"credProps": {"rk": True}}}
    made = Authenticator.objects.create(
        user=party.person, type="webauthn", data={"name": "Phone", "credential": credential}
    )
    return next(row.key for row in own_factors(party.person.pk) if row.added_at == made.created_at)


def _agent_key(party: Party) -> str:
    key = make_agent_key(
        now=utc_now(), actor=SYSTEM, organisation_id=party.organisation.pk, name="For a walk"
    )
    assert isinstance(key, str)
    return key


AGENT_ROUTES = frozenset(name for name in PUBLIC_ROUTES if name.startswith("agent_report"))

# (route name, parameter) -> makes a value that works; only where it is no public id, which the walk finds.
PARAMETERS: dict[tuple[str, str], Callable[[Party], str]] = {
    ("agent_report", "key"): _agent_key,
    ("agent_report_slash", "key"): _agent_key,
    ("organisations:setup", "token"): _setup_token,
    ("organisations:join", "token"): _invitation_token,
    ("organisations:take_up_mandate", "token"): _mandate_token,
    ("organisations:company_door", "door"): _door,
    ("organisations:company_answer", "door"): _door,
    ("organisations:remove_passkey", "key"): _passkey_key,
    ("knowledge:new_document", "topic"): lambda _party: "one_file_restore",
    ("knowledge:tick", "number"): lambda _party: "1",
    ("knowledge:version", "number"): lambda _party: "1",
}


def _directory(name: str) -> dict[str, str]:
    return {
        "name": name,
        "kind": "openldap",
        "servers": "ldaps://directory.vexin.example",
        "account": "cn=reader,dc=vexin,dc=example",
        "password": "the reader's own password",
        "base_dn": "dc=vexin,dc=example",
        "groups-TOTAL_FORMS": "1",
        "groups-INITIAL_FORMS": "0",
        "groups-0-dn": "cn=managers,dc=vexin,dc=example",
        "groups-0-role": "manager",
        "groups-0-side": "internal",
    }


def _identity_provider(secret: str) -> dict[str, str]:
    return {
        "name": "Vexin ID",
        "issuer": "https://id.vexin.example/realms/vexin",
        "client_id": "veilleur",
        "secret": secret,
        "roles_claim": "groups",
        "lets_in": "0",
        "values-TOTAL_FORMS": "1",
        "values-INITIAL_FORMS": "0",
        "values-0-value": "direction",
        "values-0-role": "manager",
        "values-0-side": "internal",
    }


def form_data(route: str, party: Party) -> dict[str, Any] | None:
    """Return data that the route accepts from a member of the party, None when no such data is known."""
    samples: dict[str, dict[str, Any]] = {
        "desk:objectives": {"rto_s": "28800", "rpo_s": "28800"},
        "desk:human_steps": {
            "technicians": "2",
            "streams": "1",
            **{
                f"{step}_{point}": minutes
                for step in ("decide", "prepare", "check", "validate")
                for point, minutes in (("low", "5"), ("likely", "10"), ("high", "30"))
            },
        },
        **activities_forms(party),
        **{name: {} for name in AGENT_ROUTES},
        "desk:first_week": {"saying": "key_away", "stands": "1"},
        "desk:make_agent_key": {"name": "Lyon"},
        "desk:revoke_agent_key": {},
        "desk:settle_devices": {"device": str(party.ids["estate.AgentDevice"]), "what": "accept"},
        "desk:device": {"what": "link", "machine": str(party.ids["estate.Asset"])},
        "desk:add_service": {
            "name": "Shop",
            "machine": str(party.ids["estate.Asset"]),
            "rto_s": "28800",
            "rpo_s": "28800",
        },
        "desk:service_hosts": {
            "needed": str(party.ids["estate.Asset"]),
            "asked": str(party.ids["estate.Asset"]),
            "enough": "0",
        },
        # The machine itself is the only one there is: nothing can be its host.
        "desk:machine_hosts": {"enough": "0", "environment": "test"},
        "desk:service_data": {
            "needed": str(party.ids["estate.DataSet"]),
            "asked": str(party.ids["estate.DataSet"]),
        },
        "desk:add_place": {"name": "Second place", "folder": "/srv/second"},
        "desk:add_plan": {
            "name": "Accounting",
            "place": str(party.ids["backups.Repository"]),
            "service": str(party.ids["estate.Service"]),
            "known": str(party.ids["estate.DataSet"]),
            "folders": "/srv/accounting",
        },
        "desk:name_server": {"host": "db.example", "port": "5432"},
        "desk:plan": {"name": "Accounting and payroll"},
        "desk:switch_plan": {"on": "0"},
        "desk:end_plan": {},
        "desk:retire_data": {},
        "desk:retire_place": {},
        "desk:retire_check": {"reason": "the printer is gone"},
        "desk:resume_check": {},
        "desk:run_plan": {},
        "desk:test_plan": {},
        "desk:recovery_key": {"words": WORDS},
        "desk:issue_key": {"replaces": "present"},
        "desk:language": {"language": "en", "next": "/"},
        **documents_forms(party),
        "organisations:setup": {
            "name": "Somebody new",
            "email": "new@vexin.example",
            "password": "correct horse battery staple",
            "repeated": "correct horse battery staple",
            "organisation": "Ateliers du Vexin",
        },
        "organisations:join": {
            "name": "Somebody new",
            "password": "correct horse battery staple",
            "repeated": "correct horse battery staple",
        },
        "organisations:person": {"role": "manager", "side": "provider"},
        "organisations:invite": {
            "name": "Somebody else",
            "email": "else@vexin.example",
            "role": "technician",
            "side": "internal",
        },
        "organisations:end_membership": {},
        "organisations:download_own_data": {},
        "organisations:ask_erasure": {},
        "organisations:withdraw_request": {},
        "organisations:export_person": {},
        "organisations:erase_person": {},
        "organisations:keep_person": {},
        "organisations:settings": {"name": "Ateliers", "profile": "many", "second_factor_roles": []},
        "organisations:add_team": {"name": "Network", "email": "", "people": [str(party.person.public_id)]},
        "organisations:team": {"name": "Network", "email": "", "people": [str(party.person.public_id)]},
        "organisations:dissolve_team": {},
        **on_call_forms(party, route),
        "organisations:offer_mandate": {
            "provider": "Infogérance",
            "strongest_role": "technician",
            "scopes": ["watch"],
            "last_day": "2099-12-31",
        },
        "organisations:mandate": {"strongest_role": "auditor", "scopes": [], "last_day": "2099-12-31"},
        "organisations:end_mandate": {},
        "organisations:take_up_mandate": {},
        "organisations:add_customer": {"name": "Menuiserie Roy"},
        "organisations:give_mandate_back": {},
        "organisations:withdraw_invitation": {},
        "organisations:add_directory": _directory("Second directory"),
        "organisations:change_directory": _directory("Vexin AD"),
        "organisations:remove_directory": {},
        "organisations:read_directory": {},
        "organisations:agree_to_reading": {"digest": "held"},
        "organisations:let_account_in": {},
        "organisations:make_token": {"name": "Report", "scopes": ["estate:read"], "days": "90"},
        "organisations:make_organisation_token": {"name": "Report", "scopes": ["watch:read"], "days": "90"},
        "organisations:revoke_token": {},
        "organisations:revoke_organisation_token": {},
        "api:run_backup_plan": {},
        "organisations:add_identity_provider": _identity_provider("the client's secret"),
        "organisations:change_identity_provider": _identity_provider(""),
        "organisations:remove_identity_provider": {},
        "organisations:try_identity_provider": {},
        "organisations:let_in_by_identity_provider": {},
        "organisations:turn_away_from_identity_provider": {},
        "organisations:confirm_at_provider": {},
        "organisations:company_account": {"email": "somebody@vexin.example"},
        "organisations:company_door": {},
        "organisations:choose_organisation": {"organisation": str(party.organisation.public_id)},
        "account_logout": {},
        "account_reauthenticate": {"password": "wrong on purpose"},
        "mfa_authenticate": {"code": "000000"},
        "mfa_login_webauthn": {"credential": "{}"},
        "mfa_reauthenticate": {"code": "000000"},
        "mfa_reauthenticate_webauthn": {"credential": "{}"},
        "mfa_activate_totp": {"code": "000000"},
        "mfa_deactivate_totp": {},
        "mfa_add_webauthn": {"name": "Phone", "credential": "{}"},
        "mfa_index": {},
        "mfa_view_recovery_codes": {},
        "mfa_generate_recovery_codes": {},
        "organisations:remove_passkey": {},
        "organisations:end_other_sessions": {},
        "account_login": {"login": party.person.email, "password": "wrong on purpose"},
        "account_change_password": {
            "oldpassword": "correct horse battery staple",
            "password1": "another horse battery staple",
            "password2": "another horse battery staple",
        },
    }
    return samples.get(route)


# Routes whose sample is meant to be refused: what they do with good data is not a matter of tenants.
REFUSED_ON_PURPOSE = frozenset(
    {
        # What agents send is no form.
        *AGENT_ROUTES,
        "account_login",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
    }
)

# What a route reads from the address is tried with every public id; these never hold one.
HARMLESS_QUERY_KEYS = frozenset({"next"})

# Kinds of job that serve the whole installation, and why no organisation can reach another's rows by them.
INSTALLATION_JOBS: dict[str, str] = {
    "journal.export_heads": "takes no payload; sends the heads of all chains",
    "journal.forget_jobs": "takes no payload; removes finished jobs of long ago",
    "journal.refresh_answers": "takes no payload; computes what is due for each organisation by itself",
    "journal.verify_whole": "takes no payload; counts what is damaged, in the installation's own chain",
    "estate.read_machine": "names an organisation at most, and reads this machine",
    "estate.read_agent_reports": "names an organisation at most, and reads what its own agents sent",
    "organisations.read_directories": "takes no payload; asks for a reading of each directory",
    "organisations.keep_keys": "takes no payload; the keys are the installation's",
    "organisations.forget_sessions": "takes no payload; deletes expired sessions, whosever they are",
    "monitoring.drain_spool": "takes no payload; results name checks by the id of the watch's own list",
    "knowledge.verify_files": "takes no payload; each organisation's contents lie in a folder of its own",
    "knowledge.remove_orphans": "takes no payload; asks the rows of the organisation whose folder it is",
    "backups.look_at_places": "takes no payload; goes through all organisations",
    "backups.keep_schedule": "takes no payload; goes through all organisations",
    "backups.probe_sources": "takes no payload; goes through all organisations",
    "backups.keep_erasures": "takes no payload; writes who was erased, by ids, beside Veilleur's own data",
    "backups.protect_own_data": "names an organisation at most",
    "backups.seal_envelopes": "names an organisation at most",
    "knowledge.bundle": "names an organisation at most",
    "knowledge.bundles": "takes no payload; goes through all real organisations",
    "knowledge.reliance": "names an organisation at most",
    "knowledge.reliance_all": "takes no payload; goes through all organisations",
    "recovery.recompute": "names an organisation at most",
    "recovery.recompute_all": "takes no payload; goes through all organisations",
}


def job_payload(kind: str, organisation: Party, things: Party) -> dict[str, Any] | None:
    """Return a payload that names one party's organisation and the other's things, None when unknown."""
    payloads = {
        "organisations.read_directory": {
            "organisation": str(organisation.organisation.public_id),
            "directory": str(things.ids["organisations.Directory"]),
        },
        "organisations.erase_person": {
            "organisation": str(organisation.organisation.public_id),
            "erasure": str(things.ids["organisations.Erasure"]),
        },
        "organisations.clear_provider": {
            "organisation": str(organisation.organisation.public_id),
            "provider": str(things.ids["organisations.IdentityProvider"]),
        },
        "estate.import_list": {
            "organisation": str(organisation.organisation.public_id),
            "list": str(things.ids["estate.SheetImport"]),
        },
        "estate.apply_agent_document": {
            "organisation": str(organisation.organisation.public_id),
            "device": str(things.ids["estate.AgentDevice"]),
        },
        "monitoring.propose_checks": {
            "organisation": str(organisation.organisation.public_id),
            "asset": str(things.ids["estate.Asset"]),
        },
        "backups.back_up_plan": {
            "organisation": str(organisation.organisation.public_id),
            "plan": str(things.ids["backups.Plan"]),
        },
        "backups.test_restore": {
            "organisation": str(organisation.organisation.public_id),
            "plan": str(things.ids["backups.Plan"]),
        },
    }
    return payloads.get(kind)
