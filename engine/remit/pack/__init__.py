"""Text → `Pack`: sources, chapters, vocabulary and rules, read strictly, with every error and its place."""
