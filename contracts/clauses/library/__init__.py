"""The topics by group, in our own words."""
