"""Recipes: functions that return a complete typed configuration of a training."""
