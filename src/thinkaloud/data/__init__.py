"""Training data: samples, voices, augmentation, tasks as rows, preparation."""
