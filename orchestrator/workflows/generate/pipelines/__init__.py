"""A declarative pipeline as a typed model, and the files that it becomes: what four generate commands share."""
