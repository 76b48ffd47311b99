"""Addresses of agreements for the contacts of CMOs."""

from __future__ import annotations

from django.urls import path

from contracts.portal import views

app_name = "portal_agreements"

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("<uuid:pk>/", views.AgreementView.as_view(), name="agreement"),
    path("<uuid:pk>/sign/", views.Sign.as_view(), name="sign"),
    path("<uuid:pk>/text/", views.TextDownload.as_view(), name="text"),
    path("<uuid:pk>/file/", views.FileDownload.as_view(), name="file"),
]
