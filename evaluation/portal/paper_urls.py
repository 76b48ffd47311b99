"""The same forms for a colleague who enters a paper proposal on behalf of its bidder."""

from __future__ import annotations

from django.urls import path

from evaluation.portal.views import handing, reading, writing

app_name = "paper"

urlpatterns = [
    path("", reading.Invitation.as_view(on_paper=True), name="invitation"),
    path("documents/<uuid:document>/", reading.Document.as_view(on_paper=True), name="document"),
    path("envelopes/<str:kind>/", writing.Envelope.as_view(on_paper=True), name="envelope"),
    path("files/", writing.AddFile.as_view(on_paper=True), name="add_file"),
    path("files/<uuid:file>/", writing.File.as_view(on_paper=True), name="file"),
    path("files/<uuid:file>/remove/", writing.RemoveFile.as_view(on_paper=True), name="remove_file"),
    path("workbook/", writing.Workbook.as_view(on_paper=True), name="workbook"),
    path("submit/", handing.Submit.as_view(on_paper=True), name="submit"),
    path("receipt/", handing.Receipt.as_view(on_paper=True), name="receipt"),
    path("own/", handing.Own.as_view(on_paper=True), name="own"),
    path("withdraw/", handing.Withdraw.as_view(on_paper=True), name="withdraw"),
]
