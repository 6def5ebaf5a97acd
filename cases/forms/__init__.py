"""Forms of casework, cut by noun."""
