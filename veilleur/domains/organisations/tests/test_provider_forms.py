"""What a manager types about an identity provider: each slip gets a sentence that says what to write."""

from typing import Any

import pytest
from django.utils.translation import override

from veilleur.domains.organisations.forms.provider import (
    ProviderForm,
    ValueFormSet,
    provider_initial_of,
    provider_settings_of_forms,
)
from veilleur.domains.organisations.rules.directory import GroupRole
from veilleur.domains.organisations.rules.providers import ProviderSettings
from veilleur.domains.organisations.rules.roles import Role, Side

TYPED = {
    "name": "Vexin ID",
    "issuer": " https://id.vexin.example/realms/vexin ",
    "client_id": "veilleur",
    "secret": "a secret",
    "domains": "Vexin.example\n\nateliers.vexin.example vexin.example",
    "roles_claim": "groups",
    "scopes": "groups  offline",
    "lets_in": "1",
    "second_factor_values": "mfa",
}
SETTINGS = ProviderSettings(
    name="Vexin ID",
    issuer="https://id.vexin.example/realms/vexin",
    client_id="veilleur",
    authority="",
    domains=("vexin.example", "ateliers.vexin.example"),
    scopes=("groups", "offline"),
    roles_claim="groups",
    second_factor_values=("mfa",),
    lets_in=True,
    roles=(GroupRole("it", Role.AUDITOR, Side.PROVIDER),),
)


def values_of(*values: str) -> Any:
    typed = {"values-TOTAL_FORMS": str(len(values)), "values-INITIAL_FORMS": "0"}
    for place, value in enumerate(values):
        typed |= {
            f"values-{place}-value": value,
            f"values-{place}-role": "auditor",
            f"values-{place}-side": "provider",
        }
    return ValueFormSet(typed, prefix="values")


def test_what_is_typed_is_what_is_meant_and_is_shown_again_so() -> None:
    form, values = ProviderForm(TYPED, is_new=True), values_of("it", "")
    assert form.is_valid(), form.errors
    assert values.is_valid(), values.errors

    assert provider_settings_of_forms(form, values) == SETTINGS
    shown, shown_values = provider_initial_of(SETTINGS)
    again = ProviderForm({**shown, "secret": ""}, is_new=False)
    assert again.is_valid(), again.errors
    assert provider_settings_of_forms(again, values) == SETTINGS
    assert [row["value"] for row in shown_values] == ["it"]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("issuer", "http://id.vexin.example", "This is not an issuer"),
        ("issuer", "https://id.vexin.example/\u202egro", "cannot be shown"),
        ("secret", "", "required"),
        ("authority", "no certificate", "not a PEM certificate"),
        ("domains", "@vexin.example", "is not a domain"),
        ("domains", "localhost", "is not a domain"),
        ("domains", "\n".join(f"d{number}.example" for number in range(21)), "Twenty domains"),
        ("scopes", 'openid "', "plain signs only"),
        ("second_factor_values", "mfa é", "plain signs only"),
        ("lets_in", "perhaps", "valid choice"),
    ],
)
def test_a_slip_gets_a_sentence(field: str, typed: str, said: str) -> None:
    with override("en"):
        form = ProviderForm({**TYPED, field: typed}, is_new=True)

        assert said in str(form.errors[field])


@pytest.mark.parametrize(
    ("values", "said"),
    [((), "Write one value"), (("", ""), "Write one value"), (("it", "it"), "stands here twice")],
)
def test_values_are_named_and_each_once(values: tuple[str, ...], said: str) -> None:
    with override("en"):
        assert said in str(values_of(*values).non_form_errors())
