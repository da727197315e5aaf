"""Checks of whole chains that are too long for a page: asked for by anybody, done by the worker."""
