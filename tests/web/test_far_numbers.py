"""Numbers near the ends of float64 are shown on every page of a typed function, never a failure."""

import pytest

from app import create_app


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A client of the application with all its lessons."""
    database = tmp_path_factory.mktemp("far") / "store.sqlite"
    return create_app({"DATABASE_URL": f"sqlite:///{database}"}).test_client()


LESSONS = {
    "/playground": "",
    "/lessons/gradient-check": "of=expression",
    "/lessons/gradient": "",
    "/lessons/optimizers": "function=own&surface=own",
}
FAR = [  # each of them broke a page once
    "expression=-log(sigmoid(x))*y&x=3&y=2",
    "expression=sinh(x)%2By&x=711&y=1",
    "expression=x*1e308%2By&x=1&y=1",
    "expression=1e308*x%2B1e308*y&x=1e-308&y=1",
    "expression=1/(x-y)&x=37&y=-745",
    "expression=1/(x-y)&x=1e-308&y=-0.0",
    "expression=logsumexp(x,y)&x=1&y=0",
    "expression=where(x<y,exp(x),1/y)&x=-745&y=1e-308",
    "expression=log(1-sigmoid(x))*y&x=-745&y=-745",
]


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("query", FAR)
def test_a_function_near_the_ends_of_float64_is_shown(client, lesson, query):
    address = f"{lesson}?{query}&{LESSONS[lesson]}"
    answer = client.get(address, headers={"HX-Request-Type": "partial"})
    assert answer.status_code == 200
