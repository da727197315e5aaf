"""Lets `python -m app` be the command `tingqi`."""

from app.cli import main

if __name__ == "__main__":
    main()
