"""What a pack becomes for its readers: a static site, documents, tables, calendars."""
