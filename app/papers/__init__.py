"""Papers given in together: filed by counsel or the court, with a receipt, to all sides at once."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the court's pages of papers, and the downloads."""
    from app.papers import file_views, views
    from app.papers.bundles import views as bundle_views
    from app.papers.exchange import views as exchange_views
    from app.papers.opinions import views as opinion_views
    from app.papers.scanning import views as scanning_views

    assert file_views.bp is bundle_views.bp is views.bp  # each adds its pages to it
    for pages in (views, exchange_views, opinion_views, scanning_views):
        app.register_blueprint(pages.bp)
