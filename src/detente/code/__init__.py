"""The coder: frames, status, speakers, dates and places of acts. One for all languages."""
