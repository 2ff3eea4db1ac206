"""How sure a number is: pure functions over counts by case family, with the distributions of scipy."""
