"""What is kept about whom, and how it goes."""
