"""The trained folder: schema, save, verify."""
