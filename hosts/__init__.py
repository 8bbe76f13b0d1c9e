"""Adapters for Maya, Houdini and 3ds Max."""
