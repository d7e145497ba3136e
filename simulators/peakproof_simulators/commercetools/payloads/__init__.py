"""What goes over the wire: requests, resources, messages; the JSON Schema is made from these."""
