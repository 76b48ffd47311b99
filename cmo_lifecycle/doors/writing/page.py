"""The pages of a writer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from cmo_lifecycle.doors.pages import SignedIn, noun_of
from cmo_lifecycle.doors.pages.numbers import version_read
from cmo_lifecycle.doors.pages.words import unread
from cmo_lifecycle.doors.writing import merging
from cmo_lifecycle.doors.writing.beside import append_help, links, off, placed, rows_missing, short, weighed
from cmo_lifecycle.doors.writing.shapes import Screen
from cmo_lifecycle.doors.writing.writer import Writer
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refusal, Stale

#: Where the session notes that a screen was just saved and asks for more.
SAVED_HERE = "writer_saved"


class WriterPage(SignedIn):
    """A page of a writer. To read is for whoever sees the record; to write is for its writers, while it is open."""

    writer: Writer = None  # type: ignore[assignment]

    def record(self, pk: Any) -> Any:
        writer = self.writer
        found = writer.for_page(writer.model.objects.visible_to(self.user)).filter(pk=pk).first()
        name = str(writer.model._meta.verbose_name)
        if found is None:
            raise Http404(f"There is no such {name}.")
        if not writer.may_write(found, self.user):
            if not found.is_editable and self.user.has_role(*writer.model.may_edit):
                raise PermissionDenied(writer.refusal(found, self.user))
            raise PermissionDenied(found.barred(self.user) or f"Your roles let you read this {name}, not write it.")
        return found


class GoOnPage(WriterPage):
    """Back to where the writing stopped: the first screen that is not complete."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        record = self.record(pk)
        entries = self.writer.entries(record, self.user, self.writer.findings(record))
        open_ = [one for one in entries if one.state in ("empty", "begun")]
        return redirect(open_[0].url if open_ else self.writer.end_url(record))


class WritePage(WriterPage):
    """One screen of a writer."""

    def get(self, request: HttpRequest, pk: Any, screen: str) -> HttpResponse:
        record, asked = self.record(pk), self._screen(screen)
        if where := self.writer.elsewhere(asked, record):
            return redirect(where)
        return self._page(record, asked, self.writer.written(asked, record, self.user))

    def post(self, request: HttpRequest, pk: Any, screen: str) -> HttpResponse:
        record, asked = self.record(pk), self._screen(screen)
        if not asked.fields and not asked.tables:
            return redirect(self.writer.url(record, asked))
        data = request.POST
        version = version_read(data.get("version"), record)
        if version is None:
            return self._unread(record, asked)
        if version != record.version and merging.touched(self.writer, record, asked, version):
            return self._conflict(record, asked, version)
        # What others saved meanwhile on other screens goes with this save.
        written = self.writer.written(asked, record, self.user, data)
        if not written.is_valid():
            return self._page(record, asked, written, version=record.version)
        try:
            saved = written.save(record.version)
        except InvalidInput:
            return self._page(record, asked, written, version=record.version)
        except Stale:
            return self._conflict(self.record(pk), asked, version)
        except NotPermitted as refusal:
            raise PermissionDenied(" ".join(refusal.sentences)) from refusal
        except Refusal as refusal:
            written.form.add_error(None, refusal.sentences)
            return self._page(self.record(pk), asked, written, status=refusal.status)
        return self._saved(saved, asked)

    def _saved(self, record: Any, screen: Screen) -> HttpResponse:
        if self.request.POST.get("then") == "later":
            messages.success(self.request, "Saved. Come back at any time and go on where you stopped.")
            return redirect(record.get_absolute_url())
        if any(one.field in screen.asks_for for one in self.writer.findings(record)):
            self.request.session[SAVED_HERE] = screen.key
            return redirect(f"{self.writer.url(record, screen)}?missing=1")
        _, after = self.writer.beside(screen)
        if after is None:
            messages.success(self.request, "Saved.")
            return redirect(record.get_absolute_url())
        return redirect(self.writer.url(record, after))

    def _screen(self, key: str) -> Screen:
        if key not in self.writer.by_key:
            raise Http404("The writer has no such screen.")
        return self.writer.by_key[key]

    def _unread(self, record: Any, screen: Screen) -> HttpResponse:
        """Refuse what does not say which version was read: it could go over what others did meanwhile."""
        written = self.writer.written(screen, record, self.user, self.request.POST)
        written.is_valid()
        written.form.add_error(None, unread(str(self.writer.model._meta.verbose_name)))
        return self._page(record, screen, written, status=400)

    def _conflict(self, record: Any, screen: Screen, version: int) -> HttpResponse:
        """Show what was sent with what others saved: nothing is written, and nothing of either is lost."""
        written, told = merging.conflict(self.writer, record, screen, version, user=self.user, sent=self.request.POST)
        return self._page(record, screen, written, conflict=told, status=412)

    def _page(
        self,
        record: Any,
        screen: Screen,
        written: Any,
        *,
        version: int | None = None,
        conflict: dict[str, Any] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        writer = self.writer
        own = writer.context(record, screen, written, self.user)
        found = writer.findings(record)
        entries = writer.entries(record, self.user, found, screen)
        here = next(entry for entry in entries if entry.here)
        bound = written.data is not None
        saved_here = not bound and self.request.session.pop(SAVED_HERE, "") == screen.key
        missing = [one for one in found if one.field in screen.asks_for]
        if bound or (here.state == "empty" and "missing" not in self.request.GET):
            # An empty screen is not scolded, and what is just being sent is not what was judged.
            missing = []
        at = placed(missing)
        for name, sentences in at.items():
            if name in written.form.fields:
                append_help(written.form.fields[name], sentences)
        before, after = writer.beside(screen)
        pages = noun_of(writer.model)
        crumbs = [*(pages.crumbs(record) if pages else []), (str(record), record.get_absolute_url())]
        totals = {table.name: weighed(table) for table in written.tables if table.name in writer.weighed}
        context = {
            "title": screen.heading,
            "record": record,
            "writing": writer.name(record),
            "screen": screen,
            "screens": entries,
            "here": here,
            "done": sum(entry.state == "complete" for entry in entries),
            "crumbs": crumbs,
            "form": written.form,
            "tables": [(table, rows_missing(table.name, missing)) for table in written.tables],
            "totals": [(name, short(total), off(total)) for name, total in totals.items()],
            "at": at,
            "summary": [written.form, *written.tables, *written.extras()],
            "has_errors": bound,
            "conflict": conflict,
            "missing": links(missing, written) if saved_here or "missing" in self.request.GET else [],
            "saved_here": saved_here,
            "version": version if version is not None else record.version,
            "previous": (before, writer.url(record, before)) if before else None,
            "next": (after, writer.url(record, after)) if after else None,
            "draft": f"{writer.model._meta.model_name}:{record.pk}:{screen.key}",
            "source": writer.source,
            "is_check": screen is writer.check,
            "findings": writer.to_mend(record, found) if screen is writer.check else [],
            "about": pages.about if pages else None,
            **own,
        }
        return self.shown(writer.template, context, status)
