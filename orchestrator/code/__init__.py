"""What the source says: files parsed once, and the facts that every rule may ask about them."""
