"""The OpenAPI document of the API: what flask-smorest makes of the schemas, and what it lacks."""
