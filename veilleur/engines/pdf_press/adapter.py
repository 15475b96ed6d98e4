"""A BundlePress by WeasyPrint: nothing outside of the page is ever fetched."""

import logging

from weasyprint import HTML
from weasyprint.urls import URLFetcher

# What WeasyPrint complains about (a style it does not know) is nothing for the log of a server.
logging.getLogger("weasyprint").setLevel(logging.ERROR)


class PdfPress:
    """A BundlePress."""

    def press(self, html: str) -> bytes:
        """Return the page as PDF, tagged for screen readers. No address in it is asked for anything."""
        nothing = URLFetcher(allowed_protocols=())
        pdf: bytes = HTML(string=html, url_fetcher=nothing).write_pdf(pdf_variant="pdf/ua-1")
        return pdf
