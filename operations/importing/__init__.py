"""Files on their way in: upload, mapping, dry run, commit. See docs/imports.md."""
