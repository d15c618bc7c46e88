"""Hostile requests: each is made of its number, so that it can be made again.

They know no lesson by name: addresses are the application's own, fields are those of its lessons
and of the forms on their pages. Between the nonsense stand values that are possible: these reach
further.
"""

import json
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import quote, unquote_to_bytes

from flask import Flask

from backprop.stage.choices import choice_fields, write_choices
from backprop.stage.lesson import Lesson

SCRIPT = "<script>alert(7)</script>"
HANDLER = "\" onmouseover='alert(7)' x=\""
MARKUP = (SCRIPT, HANDLER, f"</title></textarea>{SCRIPT}", "'><img src=x onerror=alert(7)>")
REFLECTED = ("<script>alert(7)", "onmouseover='alert(7)'", "<img src=x onerror")

NUMBERS = (
    *(
        "0",
        "1",
        "-1",
        "2",
        "3",
        "9",
        "0.5",
        "-0",
        "1e-320",
        "-1e-101",
        "1e308",
        "1e309",
        "-1e400",
        "9" * 400,
    ),
    *(
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "9**9**9",
        "0x10",
        "1_000",
        "1,5",
        "−3",
        "+",
        "-",
        "e",
        ".",
    ),
    *("٣", "²", "½", "1e", "1e9999999999", "0" * 5000 + "1", "2147483648", "9223372036854775808"),
)
TEXTS = (
    *("", " ", "\t", "\n", "\r\nX-Injected: 1", "\0", "a\0b", "\ufeff", "\u2028", "\u202e", "💥"),
    *("ß", "İ", "ﬁ", "e\u0301" * 40, "𝕏", "\U0010ffff", "%", "%00", "%zz", "%ff%fe", "{{7*7}}"),
    *(
        "${7*7}",
        "{0.__class__}",
        "%(x)s",
        "../../etc/passwd",
        "..\\..",
        "'; DROP TABLE snapshots;--",
    ),
    *("__class__", "__proto__", "constructor", "None", "true", "null", "[]", "{}", "[[[[", "]]]]"),
    *(",", ",,,,", "a,b,c", ";", "=", "&", "#", "?", "/", "//", "\\", "|", "javascript:alert(7)"),
    *("//evil.example", "http://evil.example/", "data:text/html,x", "a" * 64, "0" * 64, "f" * 63),
    *("x" * 200, "x" * 501, "y" * 3000, "(" * 300, ")" * 300, "x+" * 400 + "x", "-" * 400 + "x"),
)
FORMULAS = (
    *(
        "x*y",
        "x^2 + sin(y)",
        "1/0",
        "x/0",
        "ln(x)",
        "ln(-1)",
        "0^0",
        "x^x^x^x",
        "9**9**9",
        "e^e^e^e",
    ),
    *(
        "max(x, y, z)",
        "min()",
        "sqrt(-1)",
        "exp(exp(exp(x)))",
        "tan(1e300)",
        "x y",
        "f(x)",
        "_",
        "λ",
    ),
    *(
        "where(x, y, z)",
        "((x))",
        "x..y",
        "__import__('os')",
        "lambda: 0",
        "x;y",
        "x=1",
        "d",
        "e",
        "pi",
    ),
    *(
        "+".join(f"a{i}" for i in range(40)),
        "sigmoid(relu(x))",
        "abs(x)/x",
        "x^0.5",
        "x^-1",
        "W @ x",
    ),
)
NAMES = (
    *("x", "y", "z", "L", "E", "W1", "b1", "w1_1_1", "b2_1", "a1_1", "z1_1", "a0_0", "a9_9", "dW1"),
    *(
        "sigmoid",
        "tanh",
        "relu",
        "softmax",
        "linear",
        "half_squared_error",
        "cross_entropy",
        "adam",
    ),
    *("sgd", "momentum", "lbfgs", "newton", "layers", "operations", "neurons", "projector", "xor"),
    *(
        "iris",
        "digits",
        "own",
        "drawn",
        "plane",
        "function",
        "network",
        "classes",
        "numbers",
        "all",
    ),
)
ALL_VALUES = (*NUMBERS, *TEXTS, *FORMULAS, *NAMES, *MARKUP)

FOREIGN = ("utm_source", "fbclid", "gclid", "_", "", "from", "preset", "do", "x[]", "a.b", "fields")
OPTIONS = ("playing", "speed", "beside", "on-paper", "all-steps", "hide", "show-part", "show-more")
ASKED = ("fresh", "question", "answer", "tried", "tell", "check", "ask", "back", "theme", "mode")
METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "get", "PROPFIND", "💥")
TYPES = (
    *("application/json", "application/json; charset=utf-16", "application/problem+json", ""),
    *("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=nonsense"),
    *("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x"),
    *(
        f"multipart/form-data; boundary={'b' * 200}",
        "multipart/form-data; boundary=\x7f",
        "text/csv",
    ),
    *(
        "text/plain; charset=\u00ff",
        "application/octet-stream",
        ";;;",
        "a/b/c",
        "application/json;;",
    ),
)
BYTES = (b"", b"\0", b"\xff\xfe\xfa", b"\xed\xa0\x80", b"{", b"[" * 3000, b"x" * 9000, b"\r\n" * 99)
TABLES = (
    b"a,b,c\n1,2,3\n4,5,6\n7,8,9\n",
    b"x;y\n1,5;2\n3;4\n",
    b"a\tb\n1\t\n\t2\n",
    b"\xef\xbb\xbfa,b\r\n1,2\r\n",
    "a,b\n1,2\n".encode("utf-16"),
    b'"a,b\n1,2\n',
    b"a,a,a\n1,1,1\n",
    b"a,b\n" + b"1,2\n" * 3000,
    b"nan,inf\nnan,inf\n-inf,1e999\n",
    f"{SCRIPT},b\n1,{SCRIPT}\n".encode(),
    b'{"W1": [[1, 2]], "b1": [NaN]}',
    b"W1 = [[1, 2], [3, 4]]\nb1 = [0.5]\n",
    b"\x93NUMPY\x01\x00v\x00{'descr': '<f8'}",
    b"PK\x03\x04nonsense",
)
HEADERS: Mapping[str, tuple[str, ...]] = {
    "HX-Request-Type": ("partial", "partial", "full", "\xff", ""),
    "HX-Request": ("true",),
    "Range": (
        "bytes=0-10",
        "bytes=-1",
        "bytes=9-1",
        "bytes=0-0,2-3",
        "lines=1",
        "bytes=" + "9" * 50,
    ),
    "If-Range": ('"x"', "Mon, 30 Nov 2026 00:00:00 GMT", "nonsense"),
    "If-None-Match": ("*", '"x"', 'W/"x", "y"', '"', "x" * 3000),
    "If-Match": ("*", '"x"', "x"),
    "If-Modified-Since": (
        "nonsense",
        "Mon, 30 Nov 2026 00:00:00 GMT",
        "Thu, 01 Jan 99999 00:00:00 GMT",
    ),
    "Accept-Encoding": (
        "gzip",
        "gzip;q=0",
        "gzip;q=abc",
        "*",
        "gzip;q=9e99",
        ",,,",
        "identity;q=0",
    ),
    "Accept": ("application/json", "*/*;q=x", "text/html;q=2", ";"),
    "Accept-Language": ("de", "x" * 500, "en;q=nan"),
    "Cookie": (
        *(
            "ask=1",
            "ask=1-3; theme=dark",
            "ask=9",
            'theme="dark',
            f"theme={SCRIPT}",
            "=;=;;",
            "\xff",
        ),
        *("ask=\\000", "; ".join(f"c{i}=1" for i in range(200)), "theme=" + "d" * 4000, "ask"),
    ),
    "Host": ("", "x", "[", "[::1", "a b", "x:99999999", "evil.example", f"{SCRIPT}", "\xff", "x:"),
    "Referer": (
        *("http://localhost/", "http://localhost/train?x=1", "http://[", "nonsense", "\xff"),
        f"http://localhost/questions?ask={SCRIPT}",
    ),
    "Origin": ("null", "http://evil.example", "http://localhost", "://", "\xff"),
    "Sec-Fetch-Site": ("cross-site", "same-origin", "none", "nonsense"),
    "Content-Encoding": ("gzip", "br"),
    "X-Forwarded-Host": (SCRIPT,),
    "X-Forwarded-Prefix": ("/x",),
    "X-HTTP-Method-Override": ("DELETE",),
    "Authorization": ("Basic !!!", "Bearer " + "x" * 999, "Digest"),
    "Content-Length": ("0", "5", "-1", "x", "9" * 30, "", "99999"),
    "Transfer-Encoding": ("chunked", "nonsense"),
    "Date": ("yesterday",),
}
RULE = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")
FIELD = re.compile(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"')
UPLOAD = re.compile(r'<input[^>]*type="file"[^>]*\bname="([^"]+)"')


@dataclass(frozen=True)
class HostileRequest:
    """A request as it is sent: its target already quoted, its body in bytes."""

    number: int
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def environ(self) -> dict[str, object]:
        """Return what a server makes of it; a body's length is right where no header lies of it."""
        path, _, query = self.target.partition("?")
        environ: dict[str, object] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "CONTENT_LENGTH": str(len(self.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(self.body),
            "wsgi.input_terminated": True,
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers:
            key = name.upper().replace("-", "_")
            environ[key if key.startswith("CONTENT_") else f"HTTP_{key}"] = value
        return environ

    def __str__(self) -> str:
        """Return how to send it again from a shell."""
        headers = (
            f"-H {_shell(f'{name}: {value}'.encode('latin-1'))}" for name, value in self.headers
        )
        sent = f"--data-binary {_shell(self.body)}" if self.body else ""
        target = _shell(f"http://127.0.0.1:8000{self.target}".encode())
        return (
            f"request {self.number}: curl -gsiX {self.method} {target} {' '.join(headers)} {sent}"
        )


def _shell(text: bytes) -> str:
    """Return bytes as bash quotes them, on one line; long ones are cut, for the number says all."""
    shown = "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}"
        for byte in text[:5000]
    )
    return f"$'{shown}'"


@dataclass(frozen=True)
class Place:
    """What a lesson takes: its fields, values that it gave them, what its forms ask for."""

    lesson: Lesson
    fields: tuple[str, ...]
    pairs: tuple[Mapping[str, str], ...]  # of its presets, and of states that are stored
    uploads: tuple[str, ...] = ()
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Hostile:
    """Makes requests to an application, each by its number.

    Args:
        app: the application; it is asked for each lesson's page, and for a state of its first form.
        seed: another makes other requests.
        depth: how many requests, of all, are made to reach further: few of their fields are
            nonsense. What these ask for takes ten times as long.
    """

    def __init__(self, app: Flask, seed: int = 0, depth: float = 0.5) -> None:
        self.seed, self.depth = seed, depth
        lessons: tuple[Lesson, ...] = app.config["LESSONS"]
        self.places = {lesson.slug: _place(app, lesson) for lesson in lessons}
        self.rules = sorted({rule.rule for rule in app.url_map.iter_rules()})

    def request(self, number: int) -> HostileRequest:
        """Return the request of this number."""
        return _Maker(self, random.Random(f"{self.seed}/{number}")).make(number)


def _place(app: Flask, lesson: Lesson) -> Place:
    client = app.test_client()
    page = client.get(lesson.path).text
    pairs = [dict(write_choices(each.choices, lesson.defaults)) for each in lesson.presets]
    pairs += [{"preset": each.name} for each in lesson.presets]
    if lesson.has_actions:
        answer = client.post(lesson.path, data={"do": next(iter(lesson.actions))})
        there = answer.headers.get("Location", "").partition("?from=")[2]
        pairs += [{"from": there[:64]}] if there else []
    places = choice_fields(lesson.defaults).values()
    fields = {place.spelled for place in places if not place.is_table}
    fields |= {name for each in pairs for name in each} | set(FIELD.findall(page))
    options = {
        place.spelled: tuple(place.kind.options)
        for place in places
        if not place.is_table and hasattr(place.kind, "options")
    }
    options["do"] = tuple(lesson.actions) or ("next",)
    uploads = tuple(UPLOAD.findall(page)) or ("file",)
    return Place(lesson, tuple(sorted(fields)), tuple(pairs), uploads, options)


class _Maker:
    """Makes one request of a stream of random numbers."""

    def __init__(self, source: Hostile, chance: random.Random) -> None:
        self.source, self.chance = source, chance
        self.place = chance.choice(tuple(source.places.values()))
        self.deep = chance.random() < source.depth

    def make(self, number: int) -> HostileRequest:
        chance, lesson = self.chance, self.place.lesson
        api = chance.random() < (0.2 if self.deep else 0.6)
        roll = chance.random()
        if roll < (0.55 if self.deep else 0.7):
            path = f"{'/api' * api}{lesson.path}"
        elif roll < 0.97:
            path = self.filled(chance.choice(self.source.rules))
        else:
            path = f"/{self.quoted(chance.choice(ALL_VALUES))}"
        pairs = self.pairs()
        method, headers, body = "GET", [], b""
        if chance.random() < 0.3:
            method = "POST" if chance.random() < 0.75 else chance.choice(METHODS)
            content_type, body = self.body(api or path.startswith("/api"))
            headers.append(("Content-Type", content_type))
            pairs = pairs if chance.random() < 0.3 else {}
        for name in chance.sample(tuple(HEADERS), chance.choice((0, 0, 1, 1, 2, 4))):
            if name not in ("Content-Length", "Transfer-Encoding") or chance.random() < 0.2:
                headers.append((name, chance.choice(HEADERS[name])))
        if chance.random() < (0.3 if self.deep else 0.7):
            headers.append(("HX-Request-Type", "partial"))
        query = self.query(pairs)
        target = f"{path}?{query}" if query else path
        return HostileRequest(number, method, target, tuple(headers), body)

    def filled(self, rule: str) -> str:
        """Return an address of this rule: its parts are possible, or anything."""

        def part(match: re.Match[str]) -> str:
            converter, arguments, name = match.groups()
            if self.chance.random() < 0.1:
                return self.quoted(self.chance.choice(ALL_VALUES))
            if converter == "any":
                return self.chance.choice([word.strip() for word in arguments.split(",")])
            if name == "slug":
                return self.place.lesson.slug
            words = ("python", "pytorch", "latex", "json", "gradient", "numpy", "css/base.css", "x")
            return self.quoted(self.chance.choice(words))

        return RULE.sub(part, rule)

    def pairs(self) -> dict[str, str]:
        """Return fields of the lesson: some as they may be, some as they may not."""
        chance, place = self.chance, self.place
        pairs: dict[str, str] = {}
        if chance.random() < 0.4:
            pairs |= chance.choice(place.pairs)
        for _ in range(chance.choice((0, 1, 1, 2, 3) if self.deep else (4, 6, 8))):
            name = self.name()
            pairs[name] = self.value(name)
        return pairs

    def name(self) -> str:
        chance = self.chance
        roll = chance.random()
        if roll < (0.65 if self.deep else 0.9):
            return chance.choice(self.place.fields)
        return chance.choice(chance.choice((OPTIONS, ASKED, FOREIGN, NAMES, ALL_VALUES)))

    def value(self, name: str) -> str:
        """Return what a field may be, or anything."""
        chance, place = self.chance, self.place
        roll = chance.random() if self.deep else chance.uniform(0.4, 1)
        if roll < 0.25 and name in place.options:
            return chance.choice(place.options[name])
        if roll < 0.4:
            known = [pairs[name] for pairs in place.pairs if isinstance(pairs.get(name), str)]
            return chance.choice(known or NUMBERS[:7])
        if roll < 0.55:
            return chance.choice(NUMBERS[:7])
        if roll < 0.6:
            return ",".join(chance.choice(ALL_VALUES) for _ in range(chance.randrange(9)))
        if roll < 0.65:
            return "".join(chr(chance.randrange(0x3000)) for _ in range(chance.randrange(12)))
        return chance.choice(chance.choice((NUMBERS, TEXTS, FORMULAS, NAMES, MARKUP)))

    def quoted(self, text: str) -> str:
        return quote(text, safe="", errors="surrogatepass")

    def query(self, pairs: Mapping[str, str]) -> str:
        """Return the pairs as a query: a few come twice, a few are broken."""
        chance = self.chance
        parts = [f"{self.quoted(str(n))}={self.quoted(str(v))}" for n, v in pairs.items()]
        roll = chance.random()
        if roll < 0.06 and parts:
            parts += [chance.choice(parts)] * chance.choice((1, 30))
        elif roll < 0.1:
            broken = (
                "%",
                "%zz=1",
                "a=%ed%a0%80",
                "=",
                "&&&",
                "a=%ff",
                "+=+",
                "x=1;y=2",
                "a" * 3000,
            )
            parts.append(chance.choice(broken))
        return "&".join(parts)

    def body(self, api: bool) -> tuple[str, bytes]:
        """Return the type of a body, and the body."""
        chance = self.chance
        roll = chance.random()
        if roll < (0.7 if api else 0.1):
            return "application/json", self.json_body()
        if roll < 0.45:
            return TYPES[4], self.query(self.form()).encode()
        if roll < 0.8:
            return "multipart/form-data; boundary=x", self.upload()
        return chance.choice(TYPES), chance.choice(
            (*BYTES, *TABLES, self.json_body(), self.upload())
        )

    def form(self) -> dict[str, str]:
        pairs = self.pairs()
        if self.chance.random() < 0.8:
            pairs["do"] = self.chance.choice(self.place.options["do"])
        return pairs

    def upload(self) -> bytes:
        """Return a form with files, whole or broken off."""
        chance = self.chance
        parts = [
            _part(name, str(value).encode("utf-8", "replace"))
            for name, value in self.form().items()
        ]
        for name in self.place.uploads:
            file = chance.choice(TABLES) if chance.random() < 0.8 else chance.choice(BYTES)
            label = chance.choice(("a.csv", "a.npz", "a.py", "", "../a", SCRIPT, "\0"))
            parts.append(_part(name, file, label))
        text = b"".join(parts) + b"--x--\r\n"
        return text if chance.random() < 0.85 else text[: chance.randrange(len(text))]

    def json_body(self) -> bytes:
        """Return JSON: what the interface takes, with something else in it, or anything."""
        chance = self.chance
        starts = (
            {"expression": chance.choice(FORMULAS), "at": {"x": 1, "y": 2.5, "z": "NaN"}},
            {"expression": "x", "at": {"x": self.json_value()}},
            {
                "sizes": [2, 1],
                "activations": ["sigmoid"],
                "parameters": {"W1": [[0.5, -0.25]], "b1": [0.1]},
                "X": [[1, 2]],
                "Y": [[1]],
            },
            self.form(),
            {},
        )
        body = dict(chance.choice(starts))
        for _ in range(chance.choice((0, 1, 1, 2))):
            name = chance.choice((*body, self.name()))
            body[name] = self.json_value()
        text = json.dumps(body, ensure_ascii=chance.random() < 0.5)
        return text.encode("utf-8", "surrogatepass")

    def json_value(self, depth: int = 0) -> object:
        chance = self.chance
        roll = chance.random()
        if roll < 0.3:
            return chance.choice(ALL_VALUES)
        if roll < 0.6:
            numbers = (
                0,
                1,
                -1,
                2,
                0.5,
                1e308,
                10**400,
                float("nan"),
                float("inf"),
                True,
                None,
                2**63,
            )
            return chance.choice(numbers)
        if roll < 0.7:
            return chance.choice(
                ("\ud800", "\udfff\ud800", "\u0000", [[]] * 40, {}, [], [1] * 2100)
            )
        if depth > 3:
            return []
        inner = [self.json_value(depth + 1) for _ in range(chance.randrange(4))]
        return (
            inner if chance.random() < 0.6 else {str(chance.choice(NAMES)): each for each in inner}
        )


def _part(name: str, body: bytes, filename: str | None = None) -> bytes:
    label = "" if filename is None else f'; filename="{filename}"'
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{label}\r\n\r\n'
    return head.encode("utf-8", "replace") + body + b"\r\n"


def reflected(text: str) -> Iterable[str]:
    """Return what of our markup stands in a page as markup."""
    return [mark for mark in REFLECTED if mark in text]
