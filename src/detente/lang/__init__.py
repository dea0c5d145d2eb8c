"""Languages: each a folder with a parser, and its words as data."""
