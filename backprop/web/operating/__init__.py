"""What whoever runs the server sees of it, and can do."""
