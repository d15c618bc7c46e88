"""What a page has in the store: whose it is, until when, and where to go on when it is gone."""
