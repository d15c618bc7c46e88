"""What a person takes along: LaTeX, code for NumPy and PyTorch, starters, worked examples."""
