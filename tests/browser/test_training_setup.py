"""What is trained, by what, on what: every control of the set-up, and what is typed into it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

Open = Callable[..., Page]
JUNK = "<b>2</b>;\N{PARTY POPPER} " * 12
PARTS = """rows => rows.map(row => [
  row.querySelector('[name=parameter]').value,
  Number(row.querySelector('[name=value]').title.split(';')[0].replaceAll('\\u2212', '-')
    .replaceAll(/[^0-9.e+-]/g, '')),
  ...[...row.querySelectorAll('.num')].map(e => Number(
    e.dataset.exact.replaceAll('\\u2212', '-').replaceAll(/[^0-9.e+-]/g, ''))),
])"""
DOTS = """() => [...document.querySelectorAll('.dots .dot')].map(path =>
  path.getAttribute('d').split('M').length - 1)"""


def error(page: Page, name: str) -> Locator:
    return page.locator(f"#error-{name}")


def sizes(page: Page, expected: str) -> None:
    expect(page.locator("#presets summary")).to_contain_text(expected)


def digits(page: Page, mark: str = "loss-train") -> str:
    return page.locator(f"#{mark}").get_attribute("data-exact")


def parts(page: Page) -> dict[str, list[float]]:
    """Return of each parameter of the enlarged unit: value, and the summands of its gradient."""
    rows = page.locator(".inspect tbody tr").evaluate_all(PARTS)
    return {name: numbers for name, *numbers in rows}


def test_another_data_set_with_its_noise_size_share_and_seed_is_another_start(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer")
    examples = page.locator("#more-data .hint").first
    expect(examples).to_have_text("200 for training, 200 held out")
    page.locator("#in-data").select_option("moons")
    expect(page).to_have_url(re.compile("data=moons"))
    expect(page.locator("#presets summary")).to_contain_text(", changed")
    expect(page.locator(".view .legend")).to_contain_text("lower moon")
    page.locator("#in-size").fill("60")
    expect(examples).to_have_text("30 for training, 30 held out")
    page.locator("#in-share").fill("75")
    expect(examples).to_have_text("44 for training, 16 held out")
    assert sum(page.evaluate(DOTS)) == 60
    for name, value in (("noise", "0,4"), ("data_seed", "7")):
        before = page.locator("#dots-train-plus").get_attribute("d")
        page.locator(f"#in-{name}").fill(value)
        expect(page.locator("#dots-train-plus")).not_to_have_attribute("d", before)
    expect(page).to_have_url(re.compile("(?=.*noise=0.4)(?=.*data_seed=7)"))
    page.locator("#in-share").fill("100")
    expect(examples).to_have_text("all 60 for training, none held out")
    expect(page.locator("#loss-test")).to_have_count(0)
    page.locator("#in-data").select_option("iris")
    expect(page.locator("#more-data")).to_contain_text("Fisher")
    expect(page.locator("#in-noise")).to_have_count(0)
    expect(page.locator("#in-scaling")).to_have_value("standard")
    page.locator("#in-scaling").select_option("none")
    expect(page.locator("#more-data", has_text="as the network gets it")).to_have_count(0)


def test_features_are_taken_and_left_and_the_last_one_stays(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer")
    chips = page.get_by_role("group", name="Features that the network is given")
    chips.get_by_role("button", name="x₁x₂").click()
    sizes(page, "3–8–8–1")
    for name, left in (("x₁", "2–8–8–1"), ("x₂", "1–8–8–1")):
        chips.get_by_role("button", name=name, exact=True).click()
        sizes(page, left)
    last = chips.get_by_role("button", name="x₁x₂")
    expect(last).to_have_attribute("aria-pressed", "true")
    expect(last).to_be_disabled()
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    page.go_back()
    expect(page.locator("#epoch")).to_have_text("0")
    chips.get_by_role("button", name="x₂", exact=True).click()
    expect(last).to_be_enabled()


def test_layers_and_units_come_and_go_and_can_be_typed(
    open_page: Open, well_formed: Callable[[Page], None]
):
    page = open_page("/train?show-more=data,network,optimizer")
    for control, expected in (
        ("One unit more in layer 1", "2–9–8–1"),
        ("One unit fewer in layer 2", "2–9–7–1"),
        ("Add a hidden layer", "2–9–7–7–1"),
        ("Remove layer 2", "2–9–7–1"),
        ("Remove layer 1", "2–7–1"),
        ("Remove layer 1", "2–1"),
    ):
        page.get_by_role("button", name=control).click()
        sizes(page, expected)
        well_formed(page)
    expect(page.locator(".layers")).to_contain_text("No hidden layer")
    page.locator("#in-hidden").fill("8, 8")
    sizes(page, "2–8–8–1")
    expect(page.locator("#in-hidden")).to_be_focused()
    expect(page.locator("#in-hidden")).to_have_value("8, 8")
    page.locator("#in-hidden").fill("3")
    sizes(page, "2–3–1")
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")


@pytest.mark.expects_status(422)
def test_too_many_layers_and_units_are_refused_beside_the_field(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer")
    for typed, said in (("0", "out of bounds"), ("8,8,8,8,8,8,8,8,8,8,8,8,8", "too many")):
        page.locator("#in-hidden").fill(typed)
        page.locator("#in-hidden").press("Tab")
        expect(error(page, "hidden")).to_contain_text(said)
        sizes(page, "2–8–8–1")


def test_activation_loss_initial_weights_and_seed_can_be_chosen(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer")
    page.get_by_label("Activation of layer 2").select_option(label="relu")
    notes = page.locator(".netbox .heading small")
    expect(notes).to_have_text(["tanh", "relu", "sigmoid"])
    page.get_by_label("Activation of layer 1").select_option(label="sigmoid")
    expect(notes).to_have_text(["sigmoid", "relu", "sigmoid"])
    loss = digits(page)
    page.locator("#in-loss").select_option("half_squared_error")
    expect(page.locator(".key .note")).to_contain_text("½ Σ")
    assert digits(page) != loss
    page.locator("#in-scheme").select_option("zeros")
    expect(page.locator(".line").first).to_have_attribute("stroke-width", "0.30")
    page.locator("#in-scheme").select_option("he")
    expect(page.locator(".line").first).not_to_have_attribute("stroke-width", "0.30")
    drawn = page.locator(".line").first.get_attribute("stroke-width")
    page.locator("#in-seed").fill("12")
    expect(page.locator(".line").first).not_to_have_attribute("stroke-width", drawn)
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    page.get_by_label("Activation of layer 1").select_option(label="tanh")
    expect(page.locator(".curves .hint")).to_contain_text("activations tanh–relu")
    expect(page.locator("#epoch")).to_have_text("1")


def test_a_penalty_is_a_summand_of_the_gradient_and_a_step_goes_against_the_sum(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer&preset=line&unit=a1_1")
    expect(page.locator(".inspect thead")).not_to_contain_text("penalty")
    page.locator("#in-l2").fill("0.25")
    expect(page.locator(".inspect thead")).to_contain_text("+ penalty")
    page.locator("#in-l1").fill("0.125")
    expect(page).to_have_url(re.compile("l1=0.125"))
    before = parts(page)
    assert list(before) == ["b1_1", "w1_1_1", "w1_1_2"]
    assert len(before["b1_1"]) == 2  # a bias has no penalty
    for name in ("w1_1_1", "w1_1_2"):
        value, _, penalty = before[name]
        assert penalty == pytest.approx(0.25 * value + (0.125 if value > 0 else -0.125), rel=1e-12)
    page.locator("#do-step").click()
    expect(page.locator(".epoch")).to_contain_text("step 1 of")
    after = parts(page)
    for name, (value, *summands) in before.items():
        assert after[name][0] == pytest.approx(value - 0.1 * sum(summands), rel=1e-12)


def test_a_frozen_weight_keeps_its_value_and_is_freed_again(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer&preset=xor&unit=a1_2")
    before = parts(page)
    name, lock = "w1_2_1", page.get_by_role("switch", name="Freeze w 2 1 of layer 1", exact=True)
    lock.click()
    expect(lock).to_be_checked()
    expect(page.locator(f"#l-{name}")).to_have_class(
        "line neg frozen" if before[name][0] < 0 else "line frozen"
    )
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    after = parts(page)
    assert after[name][0] == before[name][0]
    assert all(after[other][0] != before[other][0] for other in before if other != name)
    page.get_by_role("button", name="Free all").click()
    expect(lock).not_to_be_checked()
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("2")
    assert parts(page)[name][0] != before[name][0]


@pytest.mark.expects_status(422)
def test_a_weight_can_be_typed_and_training_goes_on_from_it(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer&preset=xor&unit=a1_2")
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("1")
    loss, value = digits(page), page.locator(".inspect [name=value]").nth(1)
    old = value.input_value()
    value.fill(JUNK)
    value.press("Enter")
    expect(error(page, "value")).to_contain_text("not a number")
    assert digits(page) == loss
    value.fill("2,5")
    value.press("Enter")
    expect(error(page, "value")).to_be_empty()
    expect(page.locator("#loss-train")).not_to_have_attribute("data-exact", loss)
    assert parts(page)["w1_2_1"][0] == 2.5
    expect(page.locator("#epoch")).to_have_text("1")
    page.go_back()
    expect(page.locator("#loss-train")).to_have_attribute("data-exact", loss)
    expect(value).to_have_value(old)


def test_every_optimizer_brings_its_settings_and_a_schedule_its_pace(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer")
    names = page.locator("#in-optimizer option").evaluate_all("all => all.map(o => o.value)")
    assert len(names) == 7
    own = {"momentum": "momentum", "rmsprop": "alpha", "adamw": "weight_decay"}
    for name in names:
        page.locator("#in-optimizer").select_option(name)
        if name != "adam":
            expect(page).to_have_url(re.compile(f"optimizer={name}"))
        expect(page.locator("#in-learning_rate")).to_have_count(1)
        if name in own:
            expect(page.locator(f"#in-{own[name]}")).to_have_count(1)
    page.locator("#in-weight_decay").fill("0.2")
    expect(page).to_have_url(re.compile("weight_decay=0.2"))
    page.locator("#in-learning_rate").fill("0.08")
    expect(page).to_have_url(re.compile("learning_rate=0.08"))
    page.locator("#in-schedule").select_option("step")
    page.locator("#in-every").fill("1")
    page.locator("#in-factor").fill("0.25")
    expect(page).to_have_url(re.compile("(?=.*every=1)(?=.*factor=0.25)"))
    page.locator("#do-epoch").click()
    expect(page.get_by_text("now 0.02")).to_be_visible()
    page.locator("#in-schedule").select_option("cosine")
    expect(page.locator("#in-over")).to_have_value("1000")
    expect(page.locator("#in-every")).to_have_count(0)
    page.get_by_role("button", name="all at once").click()
    expect(page.locator("#in-batch")).to_have_value("200")
    page.locator("#do-epoch").click()
    expect(page.locator("#epoch")).to_have_text("2")


@pytest.mark.expects_status(422)
def test_a_function_can_be_typed_and_one_with_an_error_changes_nothing(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer&preset=sine&data=function")
    expect(page.locator("#in-formula")).to_have_count(1)
    figure = page.locator("#fit-figure").text_content()
    for typed in ("sin(", "9**9**9"):
        page.locator("#in-formula").fill(typed)
        expect(error(page, "formula")).not_to_be_empty()
        expect(page.locator("#in-formula")).to_have_attribute("aria-invalid", "true")
        assert page.locator("#fit-figure").text_content() == figure
    page.locator("#in-formula").fill("x^2 - 1")
    expect(page).to_have_url(re.compile(r"formula=x%5E2"))
    expect(error(page, "formula")).to_be_empty()
    assert page.locator("#fit-figure").text_content() != figure


@pytest.mark.expects_status(422)
def test_junk_in_any_field_of_the_set_up_is_named_beside_it_and_changes_nothing(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer&data=above&schedule=step")
    names = page.locator(".mores input[type=text]").evaluate_all("all => all.map(e => e.name)")
    assert len(names) == 16
    url, loss = page.url, digits(page)
    for number, name in enumerate(names):
        field = page.locator(f"#in-{name}")
        field.fill(JUNK if number % 2 else "9**9**9")
        field.press("Tab")
        expect(error(page, name)).not_to_be_empty()
        expect(field).to_have_attribute("aria-invalid", "true")
    assert (page.url, digits(page)) == (url, loss)
    page.locator("#in-optimizer").select_option("momentum")
    expect(page.locator(".mores [aria-invalid]")).to_have_count(0)
    assert JUNK not in page.locator(".mores input").evaluate_all("all => all.map(e => e.value)")
    assert digits(page) == loss


def test_enter_in_a_field_sends_it_and_presses_no_other_control(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer")
    page.evaluate("window.stays = true")
    for name, typed in (("learning_rate", "0.3"), ("noise", "0.2"), ("hidden", "4, 4")):
        page.locator(f"#in-{name}").fill(typed)
        page.locator(f"#in-{name}").press("Enter")
        expect(page).to_have_url(re.compile(f"{name}={typed.replace(', ', ',')}"))
    sizes(page, "2–4–4–1")
    assert page.evaluate("window.stays")


def test_an_example_that_is_none_is_not_sent(open_page: Open):
    page = open_page("/train?show-more=data,network,optimizer&preset=xor")
    url = page.url
    for typed in ("0", "401", "", "1.5"):
        page.locator("#in-example").fill(typed)
        page.get_by_role("button", name="Step into this round").click()
        expect(page.locator("#in-example:invalid")).to_have_count(1)
        assert page.url == url
