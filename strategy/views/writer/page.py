"""The pages of the writer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from cmo_lifecycle.doors.pages import SignedIn, noun_of
from cmo_lifecycle.doors.pages.numbers import version_read
from cmo_lifecycle.doors.pages.words import unread
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refusal, Stale
from strategy.findings import findings
from strategy.models import Strategy
from strategy.overview import Overview
from strategy.screens import ASKS, BY_KEY, CHECK, SOURCE, Screen, beside
from strategy.views.places import fights
from strategy.views.writer import merging
from strategy.views.writer.beside import (
    WEIGHED,
    append_help,
    links,
    options,
    placed,
    plots,
    rows_missing,
    to_mend,
    weighed,
)
from strategy.views.writer.entries import entries_of, writer_url
from strategy.views.writer.pairs import worst
from strategy.views.writer.written import Written

#: Where the session notes that a screen was just saved and asks for more.
SAVED_HERE = "writer_saved"


class WriterPage(SignedIn):
    """A page of the writer. To read is for whoever sees the strategy; to write is for its writers, while it is open."""

    def strategy(self, pk: Any) -> Strategy:
        found = Strategy.objects.visible_to(self.user).select_related("programme", "revises").filter(pk=pk).first()
        if found is None:
            raise Http404("There is no such strategy.")
        if not edits.may_edit(found, self.user):
            if not found.is_editable and self.user.has_role(*Strategy.may_edit):
                state = found.get_state_display()  # type: ignore[attr-defined]
                raise PermissionDenied(
                    f"A strategy at “{state}” is not written on any more. Revise it to write its next version."
                    if found.state == Strategy.State.APPROVED
                    else f"A strategy at “{state}” is not written on."
                )
            raise PermissionDenied("Your roles let you read this strategy, not write it.")
        return found  # type: ignore[no-any-return]


class GoOnPage(WriterPage):
    """Back to where the writing stopped: the first screen that is not complete."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        strategy = self.strategy(pk)
        entries = entries_of(strategy, self.user, findings(strategy))
        open_ = [one for one in entries if one.state in ("empty", "begun")]
        return redirect(open_[0].url if open_ else writer_url(strategy, CHECK))


class WritePage(WriterPage):
    """One screen of the writer."""

    def get(self, request: HttpRequest, pk: Any, screen: str) -> HttpResponse:
        strategy, asked = self.strategy(pk), self._screen(screen)
        if asked is ASKS:
            return redirect(writer_url(strategy, asked))
        return self._page(strategy, asked, Written(asked, strategy, self.user))

    def post(self, request: HttpRequest, pk: Any, screen: str) -> HttpResponse:
        strategy, asked = self.strategy(pk), self._screen(screen)
        if not asked.fields and not asked.tables:
            return redirect(writer_url(strategy, asked))
        data = request.POST
        version = version_read(data.get("version"), strategy)
        if version is None:
            return self._unread(strategy, asked)
        if version != strategy.version and merging.touched(strategy, asked, version):
            return self._conflict(strategy, asked, version)
        # What others saved meanwhile on other screens goes with this save.
        written = Written(asked, strategy, self.user, data)
        if not written.is_valid():
            return self._page(strategy, asked, written, version=strategy.version)
        try:
            saved = written.save(strategy.version)
        except InvalidInput:
            return self._page(strategy, asked, written, version=strategy.version)
        except Stale:
            return self._conflict(self.strategy(pk), asked, version)
        except NotPermitted as refusal:
            raise PermissionDenied(" ".join(refusal.sentences)) from refusal
        except Refusal as refusal:
            written.form.add_error(None, refusal.sentences)
            return self._page(self.strategy(pk), asked, written, status=refusal.status)
        return self._saved(saved, asked)

    def _saved(self, strategy: Strategy, screen: Screen) -> HttpResponse:
        if self.request.POST.get("then") == "later":
            messages.success(self.request, "Saved. Come back at any time and go on where you stopped.")
            return redirect(strategy.get_absolute_url())
        if any(one.field in screen.asks_for for one in findings(strategy)):
            self.request.session[SAVED_HERE] = screen.key
            return redirect(f"{writer_url(strategy, screen)}?missing=1")
        _, after = beside(screen)
        return redirect(writer_url(strategy, after or CHECK))

    def _screen(self, key: str) -> Screen:
        if key not in BY_KEY:
            raise Http404("The writer has no such screen.")
        return BY_KEY[key]

    def _unread(self, strategy: Strategy, screen: Screen) -> HttpResponse:
        """Refuse what does not say which version was read: it could go over what others did meanwhile."""
        written = Written(screen, strategy, self.user, self.request.POST)
        written.is_valid()
        written.form.add_error(None, unread("strategy"))
        return self._page(strategy, screen, written, status=400)

    def _conflict(self, strategy: Strategy, screen: Screen, version: int) -> HttpResponse:
        """Show what was sent with what others saved: nothing is written, and nothing of either is lost."""
        written, told = merging.conflict(strategy, screen, version, user=self.user, sent=self.request.POST)
        return self._page(strategy, screen, written, conflict=told, status=412)

    def _page(
        self,
        strategy: Strategy,
        screen: Screen,
        written: Written,
        *,
        version: int | None = None,
        conflict: dict[str, Any] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        overview = Overview(strategy)
        found = findings(strategy, overview.reading)
        entries = entries_of(strategy, self.user, found, screen)
        here = next(entry for entry in entries if entry.here)
        bound = written.data is not None
        saved_here = not bound and self.request.session.pop(SAVED_HERE, "") == screen.key
        missing = [one for one in found if one.field in screen.asks_for]
        if bound or (here.state == "empty" and "missing" not in self.request.GET):
            # An empty screen is not scolded, and what is just being sent is not what was judged.
            missing = []
        at = placed(missing, written)
        for name, sentences in at.items():
            if name in written.form.fields:
                append_help(written.form.fields[name], sentences)
        before, after = beside(screen)
        pages = noun_of(Strategy)
        crumbs = [*(pages.crumbs(strategy) if pages else []), (str(strategy), strategy.get_absolute_url())]
        context = {
            "title": screen.heading,
            "strategy": strategy,
            "screen": screen,
            "screens": entries,
            "here": here,
            "done": sum(entry.state == "complete" for entry in entries),
            "crumbs": crumbs,
            "form": written.form,
            "tables": [(table, rows_missing(table.name, missing)) for table in written.tables],
            "totals": [(table.name, weighed(table)) for table in written.tables if table.name in WEIGHED],
            "pairs": written.pairs,
            "pair_missing": at.get("judgements", []),
            "summary": [written.form, *written.tables, *([written.pairs] if written.pairs is not None else [])],
            "has_errors": bound,
            "conflict": conflict,
            "options": options(written, screen) if screen.question else [],
            "missing": links(missing, written) if saved_here or "missing" in self.request.GET else [],
            "saved_here": saved_here,
            "version": version if version is not None else strategy.version,
            "previous": (before, writer_url(strategy, before)) if before else None,
            "next": (after, writer_url(strategy, after)) if after else None,
            "draft": f"strategy:{strategy.pk}:{screen.key}",
            "source": SOURCE,
            "o": overview,
            "plots": SimpleLazyObject(lambda: plots(screen, overview)),
            # A text that stands is never hidden: leaving its field out would wipe it.
            "explain": overview.reading.contradicts or written.form["inconsistency_explained"].value()
            if written.pairs is not None
            else False,
            "worst": worst(overview) if screen.key == "weights" else None,
            "findings": to_mend(strategy, found) if screen is CHECK else [],
            "conflicts": fights(strategy, overview, writes=True) if screen is CHECK else [],
            "submit_url": pages.step_url(strategy.pk, "submit") if screen is CHECK and pages else "",
            "may_submit": self.user.has_role("sourcing", "project_manager"),
            "about": pages.about if pages else None,
        }
        return self.shown("strategy/write.html", context, status)
