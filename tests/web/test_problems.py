import pytest

LESSON = "/lessons/small-lesson"


@pytest.mark.parametrize(
    ("address", "status", "what"),
    [
        ("/nope", 404, "There is no page at this address."),
        ("/lessons/chess", 404, "There is no lesson “chess”."),
        (f"{LESSON}?preset=chess", 404, "There is no preset “chess”."),
        (f"{LESSON}?from=chess", 404, "There is no snapshot at “chess”."),
        (f"{LESSON}?rate=much", 422, "“much” is not a number."),
        (f"{LESSON}?rate=99", 422, "99 is out of bounds."),
        (f"{LESSON}?focus=nobody", 422, "There is no “nobody” here."),
        (f"{LESSON}?preset=loud&from=1", 422, "The address names a preset and a snapshot."),
    ],
)
def test_what_is_wrong_has_a_page_of_its_own(client, address, status, what):
    answer = client.get(address)
    assert answer.status_code == status
    assert f"<h1>{what}</h1>" in answer.text
    assert 'href="/">All lessons</a>' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_refused_field_is_named_with_what_would_be_right(client):
    text = client.get(f"{LESSON}?rate=99").text
    assert "It can be from 0 to 10." in text
    assert "<code>rate</code>" in text
    assert f'href="{LESSON}">A small lesson, from the start</a>' in text


def test_what_a_visitor_typed_cannot_become_markup(client):
    assert "<script>alert" not in client.get(f"{LESSON}?rate=<script>alert(1)</script>").text


def test_the_way_back_is_the_page_one_came_from(client):
    came_from = f"http://localhost{LESSON}?step=2&w1=3"
    text = client.get(f"{LESSON}?rate=x", headers={"Referer": came_from}).text
    assert f'href="{LESSON}?step=2&amp;w1=3">Back to where you were</a>' in text


@pytest.mark.parametrize(
    "came_from",
    ["http://elsewhere/lessons/x", f"http://localhost{LESSON}?rate=x", "http://localhost/", ""],
)
def test_a_way_that_leads_nowhere_is_not_offered(client, came_from):
    text = client.get(f"{LESSON}?rate=x", headers={"Referer": came_from}).text
    assert "Back to where you were" not in text


def test_a_refused_edit_is_a_message_beside_its_field_and_nothing_else(part):
    answer = part(f"{LESSON}?w1=much&step=2")
    assert answer.status_code == 422
    assert answer.text.strip() == (
        '<hx-partial hx-target="#error-w1" hx-swap="innerMorph"><p><b>“much” is not a number.</b>'
        " Type one such as 0.5 or -3e-2.</p></hx-partial>"
    )
    assert answer.headers["HX-Push-Url"] == "false"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_message_without_a_field_has_a_slot_that_no_page_has(part):
    assert 'hx-target="#error-none"' in part(f"{LESSON}?from=1").text


def test_under_api_a_problem_is_json(client):
    answer = client.get(f"/api{LESSON}?rate=99")
    assert answer.status_code == 422
    assert answer.json == {
        "error": {"what": "99 is out of bounds.", "hint": "It can be from 0 to 10.", "at": "rate"}
    }
    assert client.get("/api/nope").json["error"]["at"] is None


def test_a_wrong_method_says_the_right_ones(client):
    answer = client.delete(LESSON)
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))
    assert (
        client.get("/api/differentiate").json["error"]["what"].startswith("This address does not")
    )


def test_more_than_a_mebibyte_is_refused(client):
    answer = client.post(LESSON, data={"w1": "1" * 2**20})
    assert answer.status_code == 413
    assert "1 MiB" in answer.text
    assert client.post("/api/differentiate", data=b"x" * (2**20 + 1)).status_code == 413


def test_our_own_mistake_has_a_page_and_stands_in_the_log(client, caplog):
    answer = client.get(f"{LESSON}?focus=crash")
    assert answer.status_code == 500
    assert "Something went wrong here, not with you." in answer.text
    assert "the lesson has a mistake" not in answer.text
    assert "the lesson has a mistake" in caplog.text


def test_our_own_mistake_keeps_the_lab(part):
    answer = part(f"{LESSON}?focus=crash")
    assert answer.status_code == 500
    assert answer.text.startswith("<hx-partial")


def test_another_status_is_answered_without_its_details(app, client):
    @app.get("/teapot")
    def teapot():
        from flask import abort

        abort(418, "secret")

    answer = client.get("/teapot")
    assert answer.status_code == 418
    assert "This request cannot be answered." in answer.text
    assert "secret" not in answer.text
