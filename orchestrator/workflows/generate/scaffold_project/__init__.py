"""`scaffold-project`: a project from one of the plugin's templates."""
