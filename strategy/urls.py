"""Addresses of strategy."""

from django.urls import path

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.writing import GoOnPage, WritePage
from strategy.views import panels  # noqa: F401 - hangs its panels on programmes and relationships
from strategy.views.attributes import Attributes
from strategy.views.comparison import Compare
from strategy.views.consequences import Asks, Consequences
from strategy.views.papers import BoardPaper
from strategy.views.revising import Revise
from strategy.views.rules import Rules
from strategy.views.strategies import Strategies
from strategy.views.writer import WRITER

app_name = "strategy"

_own = pages.urls(Strategies, Consequences, Attributes)
_strategies = pages.noun_of(Strategies.model)

urlpatterns = [
    path("rules/", Rules.as_view(), name="rules"),
    path("strategies/<uuid:pk>/asks/", Asks.as_view(noun=_strategies), name="asks"),
    path("strategies/<uuid:pk>/compare/", Compare.as_view(noun=_strategies), name="strategy_compare"),
    path("strategies/<uuid:pk>/revise/", Revise.as_view(noun=_strategies), name="strategy_revise"),
    path("strategies/<uuid:pk>/board-paper/", BoardPaper.as_view(noun=_strategies), name="board_paper"),
    path("strategies/<uuid:pk>/write/", GoOnPage.as_view(writer=WRITER), name="strategy_go_on"),
    path("strategies/<uuid:pk>/write/<slug:screen>/", WritePage.as_view(writer=WRITER), name="strategy_write"),
    *_own,
]
