"""What goes over the wire: the types of bodies and answers; the OpenAPI schemas come from them."""
