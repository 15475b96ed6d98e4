"""The support model, responsibilities, coverage hours, promised times, prices and penalties, in versions."""
