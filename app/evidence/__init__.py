"""Evidence that counsel were reached, the certificate that shows it, and receipts."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.evidence import certificate_views, receipt_views

    app.register_blueprint(certificate_views.bp)
    app.register_blueprint(receipt_views.bp)
