"""Files: manifests of what they hold, private work folders, backup places, Veilleur's own data."""
