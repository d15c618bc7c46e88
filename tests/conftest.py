"""What holds for all tests: no example of a property is judged by how long it takes.

`make check-long` looks at ten times as many examples of each.
"""

from hypothesis import settings

settings.register_profile("brief", deadline=None, max_examples=50)
settings.register_profile("long", deadline=None, max_examples=500)
settings.load_profile("brief")
