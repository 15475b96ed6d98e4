"""Pages about persons: the doors by which somebody gets in, and who belongs to the organisation."""
