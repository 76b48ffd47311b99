"""Who and what the demonstration is made of. Every name here is invented."""

from cmo_lifecycle.portfolio.demo.world.cmos import CMOS
from cmo_lifecycle.portfolio.demo.world.programmes import PROGRAMMES
from cmo_lifecycle.portfolio.demo.world.shapes import CmoOf, SiteOf, WorkOf
from cmo_lifecycle.portfolio.demo.world.work import WORK

__all__ = ["CMOS", "PROGRAMMES", "SOURCE", "SPONSOR", "WORK", "CmoOf", "SiteOf", "WorkOf"]

SPONSOR = "Vantara Therapeutics"
SOURCE = "demo"
