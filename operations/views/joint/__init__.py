"""Pages of operating frameworks and technology transfers, and what a relationship's page shows of them."""
