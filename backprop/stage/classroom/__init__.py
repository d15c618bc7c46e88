"""A class that is asked together: what is asked, what the answers come to, and what is shown."""
