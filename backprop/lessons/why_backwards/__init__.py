"""The lesson Why backwards?: forward and reverse mode, side by side."""
