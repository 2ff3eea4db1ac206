"""Daily revenue of orders."""
