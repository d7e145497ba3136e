"""The tills as Lightspeed Retail (X-Series) shows them: a second face of the same books."""
