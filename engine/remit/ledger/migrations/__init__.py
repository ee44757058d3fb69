"""How older ledgers become current ones, step by step."""
