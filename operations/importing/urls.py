"""Addresses of the import wizard, below `imports/`."""

from django.urls import path

from cmo_lifecycle.doors.pages import registry
from cmo_lifecycle.doors.pages.listing import ListPage
from cmo_lifecycle.doors.pages.steps import StepPage
from operations.importing.views.mapping import MapPage
from operations.importing.views.noun import Imports
from operations.importing.views.result import BadRows, ImportPage
from operations.importing.views.upload import UploadPage

_noun = registry.NOUNS[Imports.model] = Imports()

urlpatterns = [
    path("", ListPage.as_view(noun=_noun), name="import_list"),
    path("add/", UploadPage.as_view(noun=_noun), name="import_add"),
    path("<uuid:pk>/", ImportPage.as_view(noun=_noun), name="import"),
    path("<uuid:pk>/map_columns/", MapPage.as_view(noun=_noun), name="import_map"),
    path("<uuid:pk>/bad-rows/", BadRows.as_view(noun=_noun), name="import_bad_rows"),
    path("<uuid:pk>/<slug:verb>/", StepPage.as_view(noun=_noun), name="import_step"),
]
