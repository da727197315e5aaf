"""The room for cases and hearings from CSV and XLSX."""
