"""Clients as the desk knows them: found, noted, called, and where their orders stand."""
