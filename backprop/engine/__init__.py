"""Floor 1, the mathematics: functions as data, their values and their gradients."""
