"""Joins catalogue and orders: engine, memory, sessions, web pages, JSON API, command line."""
