"""Measure the product on a large portfolio. Run by `python3 manage.py bench`, never by the tests."""
