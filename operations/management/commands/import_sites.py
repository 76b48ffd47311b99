"""`manage.py import_sites FILE`: sites from a CSV or XLSX file, matched by DUNS. Exit code 1 if rows are bad."""

from operations.importing.command import ImportCommand
from operations.models import ImportProfile


class Command(ImportCommand):
    help = "Import sites from a CSV or XLSX file, matched by their DUNS numbers."
    kind = ImportProfile.Kind.SITES
    profile = "fda_sites"
