"""The pages in a real Chromium: what a person sees, with axe and the strict content security policy."""
