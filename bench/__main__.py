from __future__ import annotations

import argparse
import os
import sys


def main() -> None:
    parser = argparse.ArgumentParser(prog="manage.py bench", description=__doc__)
    parser.add_argument("--relationships", type=int, default=2_000, help="for the review run")
    parser.add_argument("--deliveries", type=int, default=1_000_000, help="for the review run")
    parser.add_argument("--sizes", default="100,10000,100000", help="relationships for pages and REST")
    parser.add_argument("--import-rows", type=int, default=100_000)
    parser.add_argument("--only", choices=["reviews", "pages", "import", "matrix", "suggester"], action="append")
    arguments = parser.parse_args()
    if "CMO_TEST_SUPERUSER_URL" not in os.environ:
        sys.exit("Run it as `python3 manage.py bench`, which starts servers for it.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo_lifecycle.settings")
    os.environ["LOG_LEVEL"] = "ERROR"

    import django

    django.setup()

    from django.db import connection

    from bench import database, imports, matrix, measure, pages, portfolio, reviews, suggester
    from cmo_lifecycle.audit.actor import acting

    empty = connection.settings_dict["NAME"]
    wanted = arguments.only or ["reviews", "pages", "import", "matrix", "suggester"]
    with acting("console:bench", source="command"):
        if "reviews" in wanted:
            database.open_copy("bench_reviews", empty)
            made = measure.seconds(
                lambda: portfolio.grow(arguments.relationships, arguments.deliveries // arguments.relationships)
            )
            relationships, deliveries = portfolio.counts()
            print(f"Made {relationships:,} relationships with {deliveries:,} deliveries in {made:.0f} s.")
            reviews.run()
        if "pages" in wanted:
            database.open_copy("bench_pages", empty)
            pages.run([int(size) for size in arguments.sizes.split(",")], 10)
        if "import" in wanted:
            database.open_copy("bench_import", empty)
            imports.run(arguments.import_rows)
        if "matrix" in wanted:
            database.open_copy("bench_matrix", empty)
            matrix.run()
        if "suggester" in wanted:
            database.open_copy("bench_suggester", empty)
            suggester.run()
    print(f"\nLargest memory of this process: {measure.peak_megabytes():,.0f} MB.")


main()
