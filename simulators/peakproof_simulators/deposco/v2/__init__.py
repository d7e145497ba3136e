"""The newer face: JSON, bearer tokens, numeric ids beside business keys; here for stock only."""
