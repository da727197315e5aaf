"""The court's pages."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.desk import (
        case_bench_views,
        case_views,
        counsel_views,
        home_views,
        key_views,
        move_request_views,
        paper_views,
    )
    from app.desk.calendar import panel as calendar_panel
    from app.desk.calendar import views as calendar_views
    from app.desk.contacts import contact_views, message_views
    from app.desk.hearing import views as hearing_views

    for pages in (
        calendar_panel,
        calendar_views,
        case_bench_views,
        case_views,
        contact_views,
        counsel_views,
        hearing_views,
        home_views,
        key_views,
        message_views,
        move_request_views,
        paper_views,
    ):
        app.register_blueprint(pages.bp)
