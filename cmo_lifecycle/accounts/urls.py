from django.urls import path

from cmo_lifecycle.accounts.views import acts, entering, own, people, services

app_name = "accounts"

urlpatterns = [
    path("", people.person_list, name="person_list"),
    path("add/", entering.person_add, name="person_add"),
    path("services/add/", services.service_add, name="service_add"),
    path("access-review/", people.access_review_page, name="access_review"),
    path("access-review.csv", people.access_review_csv, name="access_review_csv"),
    path("stay/", own.stay, name="stay"),
    path("tokens/<uuid:key>/revoke/", services.token_revoke, name="token_revoke"),
    path("<uuid:pk>/", people.person, name="person"),
    path("<uuid:pk>/edit/", entering.person_edit, name="person_edit"),
    path("<uuid:pk>/invite/", entering.person_invite, name="person_invite"),
    path("<uuid:pk>/tokens/add/", services.token_add, name="token_add"),
    path("<uuid:pk>/<slug:verb>/", acts.person_step, name="person_step"),
]
