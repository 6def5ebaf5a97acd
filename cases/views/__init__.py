"""Screens of casework, cut by noun."""
