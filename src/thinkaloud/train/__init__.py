"""Training: stages, the loop, checkpoints."""
