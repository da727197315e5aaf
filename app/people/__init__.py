"""The court's users: sign-in, sessions, roles, API tokens."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.people import account_views, member_views, views
    from app.people.factors import account_views as factor_views
    from app.people.factors import confirmation, sign_in_views
    from app.people.single_sign_on import account_views as own_single_sign_on
    from app.people.single_sign_on import settings_views as single_sign_on_settings
    from app.people.single_sign_on import views as single_sign_on

    views.init_login(app)
    single_sign_on_pages = (single_sign_on, own_single_sign_on, single_sign_on_settings)
    factor_pages = (factor_views, confirmation, sign_in_views)
    for pages in (account_views, member_views, views, *single_sign_on_pages, *factor_pages):
        app.register_blueprint(pages.bp)
