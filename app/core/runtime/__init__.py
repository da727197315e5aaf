"""The process: clock, logs, disk, garbage collection."""
