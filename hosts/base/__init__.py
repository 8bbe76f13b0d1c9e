"""What every host offers: the contract that the panel and the commands rely on, and what the adapters share."""
