"""The wizard's pages: upload, map, dry run, commit, and what came of it."""
