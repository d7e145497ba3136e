"""The Integration API: GraphQL over ``POST /graphql``."""
