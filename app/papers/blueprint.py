"""The blueprint of the court's pages of papers and of all downloads."""

from flask import Blueprint

bp = Blueprint("papers", __name__)
