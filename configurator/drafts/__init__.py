"""Configurations in progress: every act is a step, and what is saved comes along into a newer catalogue."""
