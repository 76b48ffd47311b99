"""Addresses of operating frameworks for the contacts of CMOs."""

from __future__ import annotations

from django.urls import path

from operations.portal import views

app_name = "portal_frameworks"

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("<uuid:pk>/", views.FrameworkView.as_view(), name="framework"),
    path("<uuid:pk>/sign/", views.Sign.as_view(), name="sign"),
    path("<uuid:pk>/return/", views.SendBack.as_view(), name="send_back"),
]
