"""Publishing: what is written for people who open neither a terminal nor a pack: documents, tables, calendars, pages."""
