"""`manage.py import_deliveries FILE --profile NAME`: delivery lines from a CSV or XLSX file. Exit code 1 if rows are bad."""

from operations.importing.command import ImportCommand
from operations.models import ImportProfile


class Command(ImportCommand):
    help = "Import delivery lines from a CSV or XLSX file."
    kind = ImportProfile.Kind.DELIVERIES
