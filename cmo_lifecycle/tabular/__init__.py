"""Table files in and out: reading CSV and XLSX, parsing cells, mapping columns, writing exports.

Pure functions on files and values. Nothing here knows a model, a database or a user.
"""
