"""What runs the product from a bare machine. Only `bootstrap` may be imported before `.venv` exists."""
