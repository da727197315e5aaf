"""Counsel's pages and acts, one file for each module of app/counsel."""
