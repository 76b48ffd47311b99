from django.urls import path

from cmo_lifecycle.portfolio.views import desk, finding, trail

urlpatterns = [
    path("", desk.Desk.as_view(), name="home"),
    path("search/", finding.Search.as_view(), name="search"),
    path("audit/", trail.Trail.as_view(), name="audit_trail"),
]
