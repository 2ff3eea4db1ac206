"""What the two commands that deploy a bundle share: opening it, judging it, and the settings that it means."""
