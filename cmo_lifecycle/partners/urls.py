from cmo_lifecycle.doors import pages
from cmo_lifecycle.partners.views import NOUNS

app_name = "partners"

urlpatterns = pages.urls(*NOUNS)
