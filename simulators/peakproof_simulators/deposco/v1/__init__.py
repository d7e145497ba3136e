"""The older face: XML by nature, natural keys in the path, an outcome inside a 207."""
