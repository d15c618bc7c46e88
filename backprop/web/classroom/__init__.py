"""A class: rooms as pages, streams and forms. What they show is made by stage/classroom."""
