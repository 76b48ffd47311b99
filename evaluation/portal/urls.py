"""Addresses for bidders."""

from __future__ import annotations

from django.urls import path

from evaluation.portal.views import entering, handing, reading, writing

app_name = "portal"

_PK = "<uuid:pk>/"

urlpatterns = [
    path("", entering.Home.as_view(), name="home"),
    path("link/<str:token>/", entering.FollowLink.as_view(), name="link"),
    path("code/", entering.Code.as_view(), name="code"),
    path("ended/", entering.Ended.as_view(), name="ended"),
    path("leave/", entering.Leave.as_view(), name="leave"),
    path(_PK, reading.Invitation.as_view(), name="invitation"),
    path(f"{_PK}documents/<uuid:document>/", reading.Document.as_view(), name="document"),
    path(f"{_PK}questions/", reading.Questions.as_view(), name="questions"),
    path(f"{_PK}envelopes/<str:kind>/", writing.Envelope.as_view(), name="envelope"),
    path(f"{_PK}files/", writing.AddFile.as_view(), name="add_file"),
    path(f"{_PK}files/<uuid:file>/", writing.File.as_view(), name="file"),
    path(f"{_PK}files/<uuid:file>/remove/", writing.RemoveFile.as_view(), name="remove_file"),
    path(f"{_PK}workbook/", writing.Workbook.as_view(), name="workbook"),
    path(f"{_PK}submit/", handing.Submit.as_view(), name="submit"),
    path(f"{_PK}receipt/", handing.Receipt.as_view(), name="receipt"),
    path(f"{_PK}own/", handing.Own.as_view(), name="own"),
    path(f"{_PK}withdraw/", handing.Withdraw.as_view(), name="withdraw"),
    path(f"{_PK}decline/", handing.Decline.as_view(), name="decline"),
    path(f"{_PK}reconsider/", handing.Reconsider.as_view(), name="reconsider"),
    path(f"{_PK}confirm/", handing.Confirm.as_view(), name="confirm"),
]
