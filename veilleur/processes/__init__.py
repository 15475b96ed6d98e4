"""The long-running programs and the command line: they start things, they decide nothing."""
