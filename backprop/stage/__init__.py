"""Floor 3, what every lesson shares: choices and links, head and controls, walking and asking."""
