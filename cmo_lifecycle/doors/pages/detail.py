"""One record's page: where it stands, what can be done, what hangs on it, what happened."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.functional import cached_property

from cmo_lifecycle.accounts.roles import label as role_label
from cmo_lifecycle.doors import history
from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.pages.numbers import whole_number
from cmo_lifecycle.doors.pages.words import listed, lower
from cmo_lifecycle.doors.panels import HISTORY, OVERVIEW, Panel, extra_tabs, panels_of
from cmo_lifecycle.doors.signatures import judged
from cmo_lifecycle.workflow import attachments, signing
from cmo_lifecycle.workflow.models import Approval, Attachment
from cmo_lifecycle.workflow.parts import parts_of
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted
from cmo_lifecycle.workflow.transitions import Step, steps_for, transitions_of

EVENTS_SHOWN = 50
TRAIL_SHOWN = 100


class DetailPage(NounPage):
    """A record's page; `?tab=` names the open tab."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        noun = self.noun
        record = self.record(pk)
        waiting = self._waiting(record)
        tabs = self._tabs(record)
        tab = request.GET.get("tab", OVERVIEW)
        if tab not in dict(tabs):
            tab = OVERVIEW
        context: dict[str, Any] = {
            "title": noun.title(record),
            "record": record,
            "state_record": record if hasattr(record, "state") else None,
            "sentence": noun.sentence(record, request),
            "must_act": must_act(record, waiting),
            "crumbs": noun.crumbs(record),
            "steps": [as_menu(step, noun.step_url(pk, step.verb)) for step in steps_for(record, self.user)],
            "links": self._links(record),
            "facts": noun.facts(record, request),
            "stepper": noun.stepper(record),
            "tabs": [{"label": label, "url": f"?tab={key}", "current": key == tab} for key, label in tabs]
            if len(tabs) > 1
            else [],
            "tab": tab,
        }
        if tab == HISTORY:
            context |= self._history(record)
        elif tab == OVERVIEW:
            panels = [*noun.panels(record, request), *panels_of(record, OVERVIEW, request)]
            panels += self._own_panels(record, waiting)
            panels.sort(key=lambda panel: not panel.first)
            context["panels"] = [panel for panel in panels if not panel.side]
            context["side_panels"] = [panel for panel in panels if panel.side]
        else:
            panels = [*noun.tab_panels(tab, record, request), *panels_of(record, tab, request)]
            context["panels"] = [panel for panel in panels if not panel.side]
            context["side_panels"] = [panel for panel in panels if panel.side]
        return self.shown(noun.detail_template, context)

    def _tabs(self, record: Any) -> list[tuple[str, str]]:
        return [
            (OVERVIEW, "Overview"),
            *self.noun.tabs(record, self.request),
            *extra_tabs(type(record)),
            (HISTORY, "History"),
        ]

    def _links(self, record: Any) -> list[dict[str, str]]:
        links = list(self.noun.links(record, self.request))
        if self.noun.may_edit(record, self.user):
            links.append({"label": "Edit", "url": self.noun.edit_url(record.pk), "icon": "pencil"})
        return links

    def _waiting(self, record: Any) -> list[Approval]:
        if not any(verb.approvers for verb in transitions_of(type(record)).values()):
            return []
        found = Approval.objects.of(record).filter(status=Approval.Status.WAITING)
        return list(found.order_by("due", "asked_at", "id"))

    def _own_panels(self, record: Any, waiting: list[Approval]) -> list[Panel]:
        panels = []
        verbs = transitions_of(type(record))
        if any(verb.needs_signature for verb in verbs.values()):
            shown = signature_rows(record, waiting)
            if shown:
                body = render_to_string("workflow/panels/signatures.html", {"signatures": shown})
                panels.append(Panel("Signatures", body, side=True, key="signatures"))
        if self.noun.has_attachments:
            panels.append(self._attachments(record))
        return panels

    def _attachments(self, record: Any) -> Panel:
        model = type(record)
        may = self.user.has_role(*model.may_edit, *model.may_create) and not record.barred(self.user)
        body = render_to_string(
            "workflow/panels/attachments.html",
            {
                "attachments": Attachment.objects.of(record).select_related("added_by"),
                "attach_url": self.noun.attach_url(record.pk) if may else "",
                "may_void": attachments.may_void(record, self.user),
            },
            self.request,
        )
        return Panel("Attachments", body, side=True, key="attachments")

    def _history(self, record: Any) -> dict[str, Any]:
        happened, folded = self.noun.history(record)
        events = history.with_people(happened.readable_by(self.user))
        start = whole_number(self.request.GET.get("older"), 6) or 0
        shown = list(events[start : start + EVENTS_SHOWN + 1])
        found: dict[str, Any] = {
            "told": history.told(shown[:EVENTS_SHOWN], folded=folded),
            "older_url": f"?tab={HISTORY}&older={start + EVENTS_SHOWN}" if len(shown) > EVENTS_SHOWN else "",
            "newer_url": f"?tab={HISTORY}&older={max(0, start - EVENTS_SHOWN)}" if start else "",
        }
        if not start:
            found["trail"] = history.trail_rows(list(history.trail_of(record)[:TRAIL_SHOWN]))
            found["trail_of_tables"] = bool(parts_of(type(record)))
            found["trail_shown"] = TRAIL_SHOWN
        return found


class AttachPage(NounPage):
    """Keep a file with a record."""

    http_method_names = ["get", "post", "head", "options"]

    @cached_property
    def _limits(self) -> dict[str, Any]:
        return {"endings": ", ".join(sorted(attachments.ENDINGS)), "accept": ",".join(sorted(attachments.ENDINGS))}

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        record = self.record(pk)
        if not self.user.has_role(*type(record).may_edit, *type(record).may_create):
            return self._page(record, ["Your roles do not let you attach files here."], 403)
        if said := record.barred(self.user):
            return self._page(record, [said], 403)
        return self._page(record)

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        record = self.record(pk)
        if not self.user.has_role(*type(record).may_edit, *type(record).may_create):
            return self._page(record, ["Your roles do not let you attach files here."], 403)
        if said := record.barred(self.user):
            return self._page(record, [said], 403)
        file = request.FILES.get("file")
        if file is None:
            return self._page(record, ["Choose a file."], 400)
        try:
            kept = attachments.attach(record, file, actor=self.user, source="page")
        except InvalidInput as refusal:
            return self._page(record, refusal.sentences, 400)
        except NotPermitted as refusal:
            return self._page(record, refusal.sentences, 403)
        messages.success(request, f"Attached {kept}.")
        return redirect(self.noun.url(record.pk))

    def _page(self, record: Any, problems: list[str] | None = None, status: int = 200) -> HttpResponse:
        return self.shown(
            "workflow/attach.html",
            {
                "title": "Attach a file",
                "record": record,
                "crumbs": [*self.noun.crumbs(record), (self.noun.title(record), self.noun.url(record.pk))],
                "sentence": self.noun.title(record),
                "problems": problems or [],
                "has_errors": bool(problems),
                "cancel": self.noun.url(record.pk),
                **self._limits,
            },
            status,
        )


def as_menu(step: Step, url: str) -> dict[str, Any]:
    """Return a step as the `steps_menu` component takes it."""
    verb = step.transition
    return {
        "url": url,
        "label": verb.label,
        "help": verb.help,
        "blocked": list(step.blocked),
        "primary": verb.tone != "bad" and verb.target is not None,
        "signature": verb.needs_signature,
    }


def must_act(record: Any, waiting: list[Approval]) -> str:
    """Say whose word is awaited for what: 'Waiting for Quality and Legal to approve.'"""
    by_verb: dict[str, list[str]] = {}
    for approval in waiting:
        by_verb.setdefault(approval.verb, []).append(role_label(approval.role))
    verbs = transitions_of(type(record))
    parts = [f"{listed(roles)} to {lower(verbs[verb].label)}" for verb, roles in by_verb.items() if verb in verbs]
    return f"Waiting for {listed(parts, 'or for')}." if parts else ""


def signature_rows(record: Any, waiting: list[Approval]) -> list[dict[str, Any]]:
    """Return given and awaited signatures as the `signatures` component takes them."""
    found = []
    for standing in signing.standing(record):
        signature = standing.signature
        found_to_be = judged(record, standing)
        found.append(
            {
                "name": signature.printed_name,
                "role": role_label(signature.role) if signature.role else "",
                "meaning": signature.meaning,
                "at": signature.at,
                "state": found_to_be.state,
                "note": "" if found_to_be.state == "signed" else found_to_be.sentence,
            }
        )
    verbs = transitions_of(type(record))
    for approval in waiting:
        verb = verbs.get(approval.verb)
        if verb is not None and verb.needs_signature:
            found.append({"role": role_label(approval.role), "meaning": verb.meaning, "state": "waiting"})
    return found
