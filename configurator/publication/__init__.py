"""From a catalogue file to a published version: what is found in it, tried, and touched by it."""
