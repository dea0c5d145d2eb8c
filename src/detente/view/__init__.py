"""What people see of a reading: tables and marked text on a terminal, in a notebook, on a page."""
