"""The commands of the plugins, as their pages show them."""
