"""Connections under gevent, as in a worker: a crowd that uses a database at once is all served."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sql

from backprop.sharing.connections import CONNECTIONS, PoolWithoutLocks, make_engine
from backprop.sharing.database import Database

# What gunicorn.conf.py and a worker patch; then more green threads than connections.
CROWD = """
import sys
import gevent
from gevent import monkey
monkey.patch_all(os=False, signal=False)
from backprop.sharing.database import Database
from backprop.sharing.rooms import Rooms
database = Database(sys.argv[1])
rooms = Rooms(database)
code, _ = rooms.open(())
def use(number):
    for turn in range(10):
        if number % 4 == 0:
            rooms.join(code, f"member {number}")
        else:
            rooms.news((code,))
        gevent.sleep(0.01 * (number % 7))
crowd = [gevent.spawn(use, number) for number in range(100)]
gevent.joinall(crowd, raise_error=True)
print(rooms.find(code).joined)
"""


def test_no_green_thread_of_a_crowd_waits_for_a_lock_that_nobody_opens(database_url):
    command = [sys.executable, "-c", CROWD, database_url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("25\n", "")


def test_of_a_crowd_of_connections_some_stay_open(tmp_path):
    engine = make_engine(Database(f"sqlite:///{tmp_path}/store.sqlite").url)
    many = [engine.connect() for _ in range(5)]
    for each in many:
        each.close()
    pool = engine.pool
    assert isinstance(pool, PoolWithoutLocks)
    assert len(pool._resting) == CONNECTIONS
    engine.dispose()
    assert len(pool._resting) == 0


def test_a_crowd_opens_as_many_connections_as_stay_open_and_none_again(database_url):
    database, opened = Database(database_url), []
    engine = database.read(lambda connection: connection.engine)
    sql.event.listen(engine, "connect", lambda *_: opened.append(1))
    with ThreadPoolExecutor(5 * CONNECTIONS) as crowd:
        tasks = [
            crowd.submit(use, lambda connection: connection.scalar(sql.select(1)))
            for use in 40 * (database.read, database.read, database.write)
        ]
        assert {task.result() for task in tasks} == {1}
    assert len(opened) < CONNECTIONS  # the first was there
    database.close()
