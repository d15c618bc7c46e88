"""The addresses that a board holds, and one of each kind of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from urllib.parse import parse_qsl, urlsplit


def addresses_of(value: object, path: str) -> Iterator[str]:
    """Yield every address of a lesson that a board holds, however deep."""
    if isinstance(value, str):
        if value.startswith(path):
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from addresses_of(item, path)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from addresses_of(item, path)
    elif is_dataclass(value):
        for field in fields(value):
            yield from addresses_of(getattr(value, field.name), path)


def one_of_each_kind(addresses: Iterable[str], here: str) -> list[str]:
    """Return the first and the last address among those that set the same fields.

    The first and the last, since both ends are where a field can be out of bounds.

    Args:
        addresses: links of a page.
        here: the query of that page.
    """
    kinds: dict[tuple[str, ...], list[str]] = {}
    now = set(parse_qsl(here, keep_blank_values=True))
    for address in sorted(set(addresses), key=lambda a: (len(a), a)):
        pairs = set(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        kinds.setdefault(tuple(sorted({name for name, _ in pairs ^ now})), []).append(address)
    return [address for kind in kinds.values() for address in dict.fromkeys((kind[0], kind[-1]))]
