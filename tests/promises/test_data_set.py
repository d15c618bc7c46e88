"""A data set is a function and a row, and is there wherever data are chosen."""

import re

import numpy as np
import pytest

from backprop.training import shapes
from backprop.training.recipes import RECIPES
from tests.promises.recipes import names_made

ADDRESS = "/train?data=stripes&size=60&hidden=3"


@pytest.fixture(autouse=True)
def stripes(monkeypatch):
    drawn = names_made("backprop/training/shapes.py")["stripes"]
    monkeypatch.setattr(shapes, "stripes", drawn, raising=False)
    row = names_made("backprop/training/recipes.py")["row"]
    monkeypatch.setitem(RECIPES, row.name, row)
    return row


def test_its_points_come_from_the_seed_and_stay_in_the_square(stripes):
    made, again = (stripes.make(200, 0.1, 7, "") for _ in range(2))
    assert np.array_equal(made.X, again.X)
    assert np.abs(made.X).max() <= shapes.REACH
    assert made.Y.mean() == 0.5


@pytest.mark.parametrize(("address", "chosen"), [("/train", ""), (ADDRESS, " selected")])
def test_the_set_up_of_training_offers_it(client, stripes, address, chosen):
    text = client.get(address).text
    assert f'<option value="stripes"{chosen} title="{stripes.about}">{stripes.title}<' in text


def test_the_page_of_training_draws_its_points_and_names_its_classes(client):
    text = client.get(ADDRESS).text
    assert '<span class="said minus">light</span>' in re.sub(r"\s+", " ", text)
    assert "point 1 of 60: light" in text
    dots = re.findall(r'<path [^>]*class="dot [^>]* d="([^"]*)"', text)
    assert sum(path.count("M") for path in dots) == 60


def test_a_network_is_trained_on_it_and_a_run_beside_is_named_by_it(client, stripes):
    answer = client.post(ADDRESS, data={"do": "step"})
    assert answer.status_code == 303
    run = answer.headers["Location"].partition("from=")[2]
    beside = client.post("/train?size=60&hidden=3", data={"do": "step"}).headers["Location"]
    assert stripes.title in client.get(f"{beside}&overlay={re.split('[&]', run)[0]}").text


def test_the_walks_of_a_network_that_learns_it_open(client):
    for detail in ("network", "layers"):
        assert client.get(f"{ADDRESS}&detail={detail}").status_code == 200


def test_an_unknown_data_set_is_refused_with_its_name_among_the_possible(client):
    answer = client.get("/train?data=stripe")
    assert answer.status_code == 422
    assert "stripes" in answer.text
