"""Shows reports: as text, as HTML, and a class as a page."""
