"""The floor: queues, work at the bench, what is measured, picked and used, and what is late."""
