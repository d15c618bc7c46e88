"""Examples to learn from: recipes and tables, read, drawn, divided, scaled."""
