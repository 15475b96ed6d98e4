"""Agents: the devices that report, those that wait for a person, and the keys by which they come."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from veilleur.desk.agent_forms import ACCEPT, LINK, AgentKeyForm, DeviceForm, SettleForm
from veilleur.desk.pages.agents import DevicePage, agents_page, device_page
from veilleur.domains.estate.actions import (
    accept_device,
    link_device,
    make_agent_key,
    refuse_device,
    revoke_agent_key,
)
from veilleur.domains.estate.labels import REFUSALS
from veilleur.domains.estate.queries import visible_asset_rows
from veilleur.domains.estate.queries.agent_pages import visible_agent_keys
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.refusal import Refused

_LOOPBACK = ("localhost", "127.", "[::1]")


@require_GET
@never_cache
def agents(request: HttpRequest) -> HttpResponse:
    """Which devices wait, which report, by which keys."""
    page = agents_page(viewer_in(request), utc_now())
    return render(request, "desk/agents.html", {"page": page})


@require_POST
def settle_devices(request: HttpRequest) -> HttpResponse:
    """Let the chosen devices in as new machines, or turn them away."""
    page = agents_page(viewer_in(request), utc_now())
    form = SettleForm(request.POST, waiting=[line.row.id for line in (*page.waiting, *page.refused)])
    if not form.is_valid():
        messages.error(request, _("Choose at least one device that waits, and what becomes of it."))
        return redirect("desk:agents")
    is_let_in = form.cleaned_data["what"] == ACCEPT
    act: Any = accept_device if is_let_in else refuse_device
    done = [act(**_said(request), device=device) for device in form.cleaned_data["device"]]
    count = sum(not isinstance(each, Refused) for each in done)
    messages.success(request, _let_in(count) if is_let_in else _turned_away(count))
    return redirect("desk:agents")


@require_http_methods(["GET", "POST"])
def device(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What one device says of itself; a person says which machine it is."""
    viewer = viewer_in(request)
    page = device_page(viewer, public_id, utc_now())
    if page is None:
        raise Http404
    machines = [(str(row.id), row.name) for row in visible_asset_rows(viewer)]
    first = page.line.row.candidates[0].id if page.line.row.candidates else None
    form = DeviceForm(request.POST or None, machines=machines, initial={"machine": first})
    if request.method == "POST" and form.is_valid():
        done = _settled(request, public_id, form.cleaned_data)
        if not isinstance(done, Refused):
            return _on(request, page, done)
        form.add_error(None, str(REFUSALS[done.reason]))
    status = 422 if form.is_bound else 200
    return render(request, "desk/device.html", {"page": page, "form": form}, status=status)


def _settled(request: HttpRequest, device: UUID, said: dict[str, Any]) -> UUID | Refused | None:
    if said["what"] == LINK:
        return link_device(**_said(request), device=device, asset=said["machine"])
    if said["what"] == ACCEPT:
        return accept_device(**_said(request), device=device)
    return refuse_device(**_said(request), device=device)


def _on(request: HttpRequest, page: DevicePage, machine: UUID | None) -> HttpResponse:
    if machine is None:
        messages.success(request, _turned_away(1))
        return redirect("desk:agents")
    text = _("{name} reports for this machine from now on; what it told is brought in within a minute.")
    messages.success(request, text.format(name=page.line.row.host_name))
    return redirect("desk:machine", machine)


@require_http_methods(["GET", "POST"])
@never_cache
def make_key(request: HttpRequest) -> HttpResponse:
    """Make a key for agents: shown once, with what to type on a machine."""
    form = AgentKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = make_agent_key(**_said(request), name=form.cleaned_data["name"])
        if not isinstance(key, Refused):
            return render(
                request, "desk/agent_key_made.html", _shown(request, form.cleaned_data["name"], key)
            )
        form.add_error("name" if key.reason == "name_missing" else None, str(REFUSALS[key.reason]))
    status = 422 if form.is_bound else 200
    return render(request, "desk/make_agent_key.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def revoke_key(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask once more, then revoke a key."""
    row = next((each for each in visible_agent_keys(viewer_in(request)) if each.id == public_id), None)
    if row is None:
        raise Http404
    if request.method == "POST":
        revoke_agent_key(**_said(request), key=public_id)
        messages.success(request, _("The key {name} opens nothing any more.").format(name=row.name))
        return redirect("desk:agents")
    return render(request, "desk/revoke_agent_key.html", {"key": row})


def _shown(request: HttpRequest, name: str, key: str) -> dict[str, Any]:
    server = f"{request.scheme}://{request.get_host()}"
    return {
        "name": name,
        "key": key,
        "server": f"{server}/inventory",
        "address": f"{server}/inventory/{key}",
        "is_near": request.get_host().startswith(_LOOPBACK),
        "is_plain": request.scheme != "https",
    }


def _said(request: HttpRequest) -> dict[str, Any]:
    viewer = viewer_in(request)
    return {"now": utc_now(), "actor": actor_in(request), "organisation_id": viewer.organisation_id}


def _let_in(count: int) -> str:
    return ngettext(
        "{count} machine is in the estate; what it told is brought in within a minute.",
        "{count} machines are in the estate; what they told is brought in within a minute.",
        count,
    ).format(count=count)


def _turned_away(count: int) -> str:
    return ngettext(
        "{count} device is turned away; it can be let in later.",
        "{count} devices are turned away; they can be let in later.",
        count,
    ).format(count=count)
