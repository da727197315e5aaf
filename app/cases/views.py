"""Pages of this room."""

from flask import Blueprint

bp = Blueprint("cases", __name__)
