"""Who keeps events and what follows from them: in memory, or in a ledger. `Engine` speaks to either in the same words."""
