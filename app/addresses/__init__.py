"""Addresses for service: confirmed by counsel, changed with a code; consent to electronic service.

A mail address, a number, a postal address, a language and a zone belong to the person, who has one
mailbox and one telephone in all their cases: a change holds in all of them at once, and each case's
record says so. What counsel declares about them belongs to the representation (see
``cases.models.ServiceDeclaration``): a change by link carries the confirmation on in the case in
which it was made; elsewhere it has to be confirmed anew.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the court's pages of addresses."""
    from app.addresses import views

    app.register_blueprint(views.bp)
