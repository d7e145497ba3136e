"""Bodies of Square's requests and answers; the OpenAPI document is made from these types.

A type that goes both ways has only optional fields: what Square fills in itself is ignored when
a client sends it back. Fields that are not modelled are refused like any unknown field.
"""
