"""The selections of the demonstration: one decided long ago, one being scored, one still sealed."""
