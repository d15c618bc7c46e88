"""What holds for all tests: no example of a property is judged by how long it takes."""

from hypothesis import settings

settings.register_profile("whatever the machine is doing", deadline=None)
settings.load_profile("whatever the machine is doing")
