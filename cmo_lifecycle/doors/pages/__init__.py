"""Pages derived from declarations: list, detail, add, edit, attach and step of every noun.

A room declares its nouns in a few lines and gets all of their pages::

    from cmo_lifecycle.doors import pages

    class Sites(pages.Noun):
        model = Site
        columns = (...)
        filters = SiteFilters
        form = SiteForm

    urlpatterns = pages.urls(Sites)
"""

from cmo_lifecycle.doors.pages.base import NounPage, SignedIn
from cmo_lifecycle.doors.pages.forms import RecordForm
from cmo_lifecycle.doors.pages.noun import Noun, urls
from cmo_lifecycle.doors.pages.registry import noun_of, url_for, url_of

__all__ = ["Noun", "NounPage", "RecordForm", "SignedIn", "noun_of", "url_for", "url_of", "urls"]
