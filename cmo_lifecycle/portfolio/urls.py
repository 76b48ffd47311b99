from django.urls import path

from cmo_lifecycle.portfolio.demo import views as demo
from cmo_lifecycle.portfolio.views import desk, finding, trail

urlpatterns = [
    path("", desk.Desk.as_view(), name="home"),
    path("search/", finding.Search.as_view(), name="search"),
    path("audit/", trail.Trail.as_view(), name="audit_trail"),
    path("demo/tour/", demo.tour, name="tour"),
    path("demo/remove/", demo.remove, name="demo_remove"),
]
