"""The content of the marketplace as frozen specifications: agents, skills, commands, plugins."""
