"""What a bundle deploys, as settings."""
