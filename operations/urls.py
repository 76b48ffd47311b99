"""Addresses of operations."""

from django.urls import include, path

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.listing import ListPage
from cmo_lifecycle.doors.writing import GoOnPage, WritePage
from operations.views import relationship  # noqa: F401 - hangs its panels on the relationship's page
from operations.views.definitions import Definitions, Dictionary, Revise
from operations.views.deliveries import Deliveries
from operations.views.home import Home, Runs
from operations.views.inputs import ReviewInputsPage
from operations.views.joint import relationship as _joint  # noqa: F401 - hangs its panels there too
from operations.views.joint.frameworks import Frameworks
from operations.views.joint.frameworks import Revise as ReviseFramework
from operations.views.joint.transfers import TransferGates, Transfers
from operations.views.joint.writer import WRITER
from operations.views.policies import Policies, RevisePolicy
from operations.views.reviews import ReviewPdf, Reviews

app_name = "operations"

_own = pages.urls(Deliveries, Reviews, Definitions, Policies, Frameworks, Transfers, TransferGates)
_frameworks = pages.noun_of(Frameworks.model)
_reviews, _definitions, _policies = (pages.noun_of(declared.model) for declared in (Reviews, Definitions, Policies))

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("runs/", Runs.as_view(), name="review_run_list"),
    path("reviews/<uuid:pk>/inputs/", ReviewInputsPage.as_view(noun=_reviews), name="review_inputs"),
    path("reviews/<uuid:pk>/pdf/", ReviewPdf.as_view(noun=_reviews), name="review_pdf"),
    path("kpis/", Dictionary.as_view(noun=_definitions), name="kpi_definition_list"),
    path("kpis/versions/", ListPage.as_view(noun=_definitions), name="kpi_definition_versions"),
    path("kpis/<uuid:pk>/revise/", Revise.as_view(noun=_definitions), name="kpi_definition_revise"),
    path("scoring-policies/<uuid:pk>/revise/", RevisePolicy.as_view(noun=_policies), name="scoring_policy_revise"),
    path("frameworks/<uuid:pk>/revise/", ReviseFramework.as_view(noun=_frameworks), name="framework_revise"),
    path("frameworks/<uuid:pk>/write/", GoOnPage.as_view(writer=WRITER), name="framework_go_on"),
    path("frameworks/<uuid:pk>/write/<slug:screen>/", WritePage.as_view(writer=WRITER), name="framework_write"),
    *_own,
    path("imports/", include("operations.importing.urls")),
    path("kpi-explorer/", include("operations.kpi.urls")),
]
