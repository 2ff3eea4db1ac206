"""Rules of the specialist `data-product-architect`."""
