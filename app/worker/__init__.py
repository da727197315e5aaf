"""The worker: its jobs, and what each beat does."""
