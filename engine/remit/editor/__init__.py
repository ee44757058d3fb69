"""The language server: what an editor knows of a pack while it is being written. `remit lsp` runs it."""
