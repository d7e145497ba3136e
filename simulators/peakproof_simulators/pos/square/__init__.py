"""The tills behind the face of Square's API v2."""
