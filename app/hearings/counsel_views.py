"""Counsel's page."""

from flask import Blueprint

bp = Blueprint("reply", __name__)
