"""What is seen of a running server: its log, its figures, its spans."""
