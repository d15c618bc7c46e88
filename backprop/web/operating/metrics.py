"""What Prometheus is told: counts and times, summed over the workers.

Each worker counts in files of its own below PROMETHEUS_MULTIPROC_DIR, which gunicorn.conf.py makes;
whoever is asked adds them up, those of workers that ended included. Without that folder, in one
process, it counts in memory. Labels are names of ours: a rule, a class of status, a kind.
"""

import mmap
import os
import time
from collections.abc import Iterator
from math import log

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from backprop.sharing.errors import StoreAway
from backprop.sharing.store import Store
from backprop.web.answers import KeptAnswers
from backprop.web.operating.observed import Seen

disable_created_metrics()  # type: ignore[no-untyped-call] # when a count began says nothing of a sum over workers
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
TOO_MUCH = 429
PLACES = 4_096
STILL_PLAYING = 10  # seconds for which one counts who asked while playing
A_MOMENT = 2.0  # seconds for which one waits for the store


class Metrics:
    """The counts of an application.

    Args:
        store: is asked what it holds when somebody asks for the metrics.
        kept: the answers that are kept in this process.
    """

    def __init__(self, store: Store, kept: KeptAnswers) -> None:
        self._kept = kept
        self._registry = here = CollectorRegistry()
        self._players = Players()
        self._now = CollectorRegistry()
        self._now.register(self._players)
        self._now.register(Stored(store))
        self._requests = Histogram(
            "backprop_request_seconds",
            "Requests, and the time until each could be answered.",
            ("route", "status"),
            buckets=SECONDS,
            registry=here,
        )
        self._bytes = Counter("backprop_response_bytes", "Bytes of bodies sent.", registry=here)
        self._hits = Counter("backprop_kept_hits", "Answers that were kept.", registry=here)
        self._misses = Counter(
            "backprop_kept_misses",
            "Answers that were made, and are kept from then on.",
            registry=here,
        )
        self._size = Gauge(
            "backprop_kept_bytes",
            "Bytes of answers that are kept, in all workers.",
            multiprocess_mode="livesum",
            registry=here,
        )
        self._playing = Counter(
            "backprop_playing_requests",
            "Requests of pages that play by themselves: each asks as soon as it was answered.",
            registry=here,
        )
        self._refused = Counter(
            "backprop_refused_requests", "Requests refused by the rate limit.", registry=here
        )
        self._streams = Gauge(
            "backprop_open_streams",
            "Answers that are being sent for as long as somebody listens.",
            multiprocess_mode="livesum",
            registry=here,
        )
        self._made = 0

    def count(self, seen: Seen) -> None:
        """Count an answer."""
        self._requests.labels(seen.route, f"{seen.status // 100}xx").observe(seen.seconds)
        self._bytes.inc(seen.size)
        if seen.is_kept:
            self._hits.inc()
        if seen.player:
            self._playing.inc()
            self._players.note(seen.player)
        if seen.status == TOO_MUCH:
            self._refused.inc()
        if new := self._kept.made - self._made:
            self._made += new
            self._misses.inc(new)
            self._size.set(self._kept.size)

    def count_stream(self, change: int) -> None:
        """Count a stream that begins, or ends."""
        self._streams.inc(change)

    def text(self) -> bytes:
        """Return it all in Prometheus's format."""
        registry = self._registry
        if FOLDER in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry) + generate_latest(self._now)


class Players:
    """How many play just now, whichever workers they ask.

    A table of moments that all workers of a parent share. Who plays has a place in it by a hash
    that nobody else can compute, and nothing else stands there. If z of m places are free, about
    m·ln(m/z) are there (linear counting: Whang, Vander-Zanden and Taylor, 1990).
    """

    def __init__(self) -> None:
        self._moments = memoryview(mmap.mmap(-1, 4 * PLACES)).cast("I")

    def note(self, player: str) -> None:
        """Note that somebody plays."""
        self._moments[hash(player) % PLACES] = int(time.time())

    def count(self) -> int:
        """Return about how many have played in the last seconds."""
        since = int(time.time()) - STILL_PLAYING
        free = sum(moment < since for moment in self._moments)
        return round(PLACES * log(PLACES / max(free, 1)))

    def collect(self) -> Iterator[Metric]:
        """Yield what Prometheus is told of it."""
        meaning = "Pages that play by themselves just now, about, in all workers."
        yield GaugeMetricFamily("backprop_players", meaning, value=self.count())


class Stored:
    """What the store holds, as it is when somebody asks.

    Args:
        store: is asked, for a moment.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        """Yield what Prometheus is told of it."""
        up = GaugeMetricFamily("backprop_store_up", "Whether the store answers: 1, or 0.")
        try:
            sizes = self._store.sizes(A_MOMENT)
        except StoreAway:
            up.add_metric((), 0)
            yield up
            return
        up.add_metric((), 1)
        yield up
        names = {
            "snapshots": "Snapshots in the store; each has a lease.",
            "bytes": "Bytes of snapshots in the store.",
            "limit_bytes": "Bytes of snapshots there may be.",
        }
        for at, (name, meaning) in enumerate(names.items()):
            family = GaugeMetricFamily(f"backprop_store_{name}", meaning, labels=("kind",))
            for kind, holding in sizes.items():
                family.add_metric((kind,), holding[at])
            yield family

    def describe(self) -> tuple[Metric, ...]:
        """Return nothing: to register it must not ask the store."""
        return ()
