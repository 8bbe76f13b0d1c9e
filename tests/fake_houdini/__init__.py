"""A strict fake of Houdini's module hou."""
