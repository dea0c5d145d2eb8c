"""Who is named: tables of states, blocs and office holders, and the resolver of mentions."""
