"""Named mappings from the columns of somebody's table to the fields wanted here.

A `Profile` says for every target field which column it comes from (or which constant it is), what kind of value it
holds and in which format it is written. It is plain JSON, checked when built, so that a saved one either works or
says what is wrong with it. `apply` turns rows into `ParsedRow`s at some tens of thousands of rows a second.
"""

from cmo_lifecycle.tabular.profiles.applying import ParsedRow, apply, compile_profile, places_of
from cmo_lifecycle.tabular.profiles.columns import HeaderCheck
from cmo_lifecycle.tabular.profiles.profile import FieldRule, Profile
from cmo_lifecycle.tabular.profiles.suggesting import Target, suggest

__all__ = [
    "FieldRule",
    "HeaderCheck",
    "ParsedRow",
    "Profile",
    "Target",
    "apply",
    "compile_profile",
    "places_of",
    "suggest",
]
