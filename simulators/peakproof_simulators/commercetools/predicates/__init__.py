"""Query predicates: read by a recursive-descent parser, compiled to closures."""
