"""Home and the list of hearings: what waits for a person, worst first, and what comes."""

from flask import Blueprint

bp = Blueprint("hearings", __name__)
