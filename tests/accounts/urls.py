"""The addresses of people and of one's own account, with an API of one view and a home, for these tests alone."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cmo_lifecycle.doors import health


class Probe(APIView):
    """Answers with who asked; its route is that of deliveries."""

    route = "deliveries"

    def get(self, request: Request) -> Response:
        return Response({"who": request.user.email})

    post = get


class Question(Probe):
    """A POST that changes nothing."""

    scope_action = "read"


class OtherProbe(Probe):
    route = "reviews"


def home(request: HttpRequest) -> HttpResponse:
    name = request.user.name if request.user.is_authenticated else "nobody"
    return render(request, "base.html", {"title": f"Home of {name}"})


@login_required
def fragment(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a fragment")


def zone(request: HttpRequest) -> HttpResponse:
    return HttpResponse(timezone.get_current_timezone_name())


urlpatterns = [
    path("", home, name="home"),
    path("fragment/", fragment),
    path("zone/", zone),
    path("livez", health.livez, name="livez"),
    path("account/", include("cmo_lifecycle.accounts.account_urls")),
    path("people/", include("cmo_lifecycle.accounts.urls")),
    path("api/v1/deliveries/", Probe.as_view()),
    path("api/v1/deliveries/question/", Question.as_view()),
    path("api/v1/reviews/", OtherProbe.as_view()),
]
