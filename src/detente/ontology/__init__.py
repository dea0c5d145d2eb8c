"""The event ontology: PLOVER's sixteen types with modes and quad classes."""
