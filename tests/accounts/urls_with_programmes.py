from django.http import HttpResponse
from django.urls import include, path

from tests.accounts.urls import urlpatterns as ours

partners = ([path("programmes/<uuid:pk>/", lambda request, pk: HttpResponse(pk), name="programme")], "partners")
urlpatterns = [*ours, path("", include(partners))]
