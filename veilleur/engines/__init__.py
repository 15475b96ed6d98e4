"""One folder per outside engine: commands and parsing are pure, the adapter runs it."""
