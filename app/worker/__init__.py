"""The worker: scheduled jobs, and the steps of each beat."""
