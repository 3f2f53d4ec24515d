"""How the store's schema came to be, one step after the other."""
