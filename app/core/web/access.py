"""Who may see a page: the signed-in check, roles, and forms that survive a sign-in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import (
    abort,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user

from app.core import web
from app.core.web import pending_form

# Acts that one role alone may do: settings, and showing all sides what was asked in private.
ONLY = {"set_up": "admin", "disclose": "judge"}


def allows(role: str, act: str) -> bool:
    """Tell whether a role may do an act: everybody books; some acts are one role's alone."""
    return role == ONLY.get(act, role)


View = TypeVar("View", bound=Callable[..., Any])


def signed_in(view: View) -> View:
    """Show a page only to the court's own people; others are asked to sign in first."""

    @wraps(view)
    def guarded(*args: Any, **more: Any) -> Any:
        if current_user.is_authenticated:
            return view(*args, **more)
        if request.method == "POST" and (sealed := _sealed()):
            return render_template("people/sign_in.html", email="", next="", kept=sealed), 401
        back = request.full_path.rstrip("?") if request.method == "GET" else ""
        wanted: dict[str, Any] = {"next": back} if len(back) > 1 else {}
        return redirect(url_for("people.sign_in", **wanted))

    return guarded  # type: ignore[return-value]


def _sealed() -> str:
    """Return what was typed by whom this browser knows, sealed; "" where it knows nobody."""
    user_id = pending_form.marked(web.secret(), request.cookies.get(pending_form.LAST, ""))
    if not user_id or request.files:
        return ""
    typed = list(request.form.items(multi=True))
    return pending_form.seal(web.secret(), user_id, request.full_path.rstrip("?"), typed, web.now())


def shows_again(view: View) -> View:
    """Mark a view that shows its form with what was typed, and does nothing, for ``go_on``."""
    view.shows_again = True  # type: ignore[attr-defined]
    return view


def only_shown() -> bool:
    """Tell whether what was typed before a sign-in is only to be shown again."""
    return bool(request.form.get("go_on"))


def may(act: str) -> Callable[[View], Any]:
    """Show a page only to those whose role may do an act."""

    def wrap(view: View) -> Any:
        @signed_in
        @wraps(view)
        def guarded(*args: Any, **more: Any) -> Any:
            if not allows(current_user.role, act):
                abort(403)
            return view(*args, **more)

        return guarded

    return wrap
