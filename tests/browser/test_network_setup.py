"""What goes through, and through what: presets, flowers, layers, losses, optimizers."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
LESSON = "/lessons/network"
MORE = "show-more=example,network,optimizer,parameters"  # the sections that are open
PRESETS = {
    "one-neuron": "One neuron, four inputs",
    "by-hand": "The 2-2-2 by hand",
    "xor": "XOR",
    "iris": "Iris with a hidden layer",
    "ten-deep": "Ten sigmoids deep",
    "dead-relu": "A dead ReLU",
    "two-equal": "Two equal neurons",
}
EXACT = "elements => elements.map(element => element.dataset.exact ?? element.title)"


def example(page: Page) -> list[str]:
    return [page.locator(f"#in-x{i}").input_value() for i in (1, 2, 3, 4)]


def network(page: Page) -> str:
    return page.locator("#more-network .inside").inner_text().split(",")[0]


def pick(page: Page, menu: str, option: str) -> None:
    page.locator(f'#more-network summary[aria-label="{menu}"]').click()
    page.locator(f'#more-network details:has(summary[aria-label="{menu}"])').get_by_role(
        "link", name=option, exact=True
    ).click()


def gradient(page: Page) -> list[str]:
    return page.locator(".entries td:nth-of-type(2) .num").evaluate_all(EXACT)


def test_the_menu_leads_to_every_preset_and_each_has_its_address(
    open_page: Open, well_formed: Callable[[Page], None]
):
    page = open_page(f"{LESSON}?{MORE}")
    for name, title in PRESETS.items():
        page.locator("#presets summary").click()
        page.locator("#presets").get_by_role("link", name=re.compile(f"^{title} ")).click()
        expect(page).to_have_url(re.compile(f"preset={name}$"))
        expect(page.locator("#presets summary")).to_contain_text(title)
        expect(page.locator(".explain .eyebrow")).to_contain_text("step 1 of ")
        page.get_by_role("link", name="Last step").click()
        expect(page.locator(".explain")).to_have_attribute("data-phase", "update")
        well_formed(page)


def test_a_flower_is_picked_by_next_before_random_and_by_number(open_page: Open):
    page = open_page(f"{LESSON}?preset=iris&step=2&{MORE}")
    assert example(page) == ["5.1", "3.5", "1.4", "0.2"]
    page.get_by_role("link", name="Next example").click()
    expect(page.locator("#in-x1")).to_have_value("4.9")
    expect(page.locator("#in-row")).to_have_value("2")
    for row in ("1", "150"):
        page.get_by_role("link", name="Example before").click()
        expect(page.locator("#in-row")).to_have_value(row)
    assert example(page) == ["5.9", "3", "5.1", "1.8"]
    page.locator("#in-row").fill("51")
    expect(page.locator("#in-x1")).to_have_value("7")
    assert example(page) == ["7", "3.2", "4.7", "1.4"]
    expect(page.locator(".row")).to_contain_text("versicolor")
    expect(page.locator("#in-row")).to_be_focused()
    page.get_by_role("link", name="Another example, at random").click()
    expect(page.locator("#in-row")).not_to_have_value("51")
    expect(page.locator(".explain .eyebrow")).to_contain_text("step 3 of ")


@pytest.mark.expects_status(422)
def test_a_flower_that_does_not_exist_is_refused_beside_its_field(open_page: Open):
    page = open_page(f"{LESSON}?preset=iris&{MORE}")
    page.locator("#in-row").fill("151")
    expect(page.locator("#error-row")).to_contain_text("150 rows")
    assert example(page) == ["5.1", "3.5", "1.4", "0.2"]


def test_another_flower_brings_its_own_measurements_also_after_one_was_typed(open_page: Open):
    page = open_page(f"{LESSON}?preset=iris&{MORE}")
    page.locator("#in-x1").fill("9.9")
    expect(page).to_have_url(re.compile("x1=9.9"))
    page.get_by_role("link", name="Next example").click()
    expect(page.locator("#in-row")).to_have_value("2")
    expect(page.locator("#in-x1")).to_have_value("4.9")


def test_a_frozen_parameter_shows_its_gradient_and_stays_as_it_is(open_page: Open):
    page = open_page(f"{LESSON}?step=29&{MORE}")
    row = page.locator('.entries tr[data-f="n-w2_1_1"]')
    before = gradient(page)
    page.get_by_role("switch", name="Freeze w 5").click()
    expect(page.get_by_role("switch", name="Freeze w 5")).to_be_checked()
    expect(row).to_contain_text("frozen")
    numbers = row.locator(".num").evaluate_all(EXACT)
    assert float(numbers[0]) == float(numbers[-1]) == 0.4
    assert gradient(page) == before
    page.get_by_role("button", name="Next round").click()
    expect(page.locator("#presets summary")).to_contain_text("round 1")
    expect(page.locator("#in-w2_1_1")).to_have_value("0.4")


def test_a_shared_bias_can_be_parted_and_shared_again(open_page: Open):
    page = open_page(f"{LESSON}?step=3&{MORE}")
    biases = page.locator(".params input[name^=b]")
    expect(biases).to_have_count(2)
    page.get_by_role("switch", name="one bias for each layer").click()
    expect(biases).to_have_count(4)
    page.get_by_role("switch", name="one bias for each layer").click()
    expect(biases).to_have_count(2)


def test_layers_and_units_come_and_go_and_the_gradient_is_checked_each_time(
    open_page: Open, well_formed: Callable[[Page], None]
):
    page = open_page(f"{LESSON}?preset=dead-relu&{MORE}")
    for control, sizes in (
        ("Add a hidden layer", "2–2–2–1"),
        ("One unit more in layer 2", "2–2–3–1"),
        ("One unit more in inputs", "3–2–3–1"),
        ("One unit fewer in layer 1", "3–1–3–1"),
        ("Remove layer 1", "3–3–1"),
    ):
        page.get_by_role("link", name=control).click()
        expect(page.locator("#more-network .inside", has_text=sizes)).to_have_count(1)
        assert network(page) == sizes
        page.get_by_role("link", name="Last step").click()
        expect(page.locator(".explain[data-phase=update]")).to_be_visible()
        page.get_by_role("link", name="Step back").click()
        expect(page.locator(".entries.gradient")).to_be_visible()
        expect(page.locator(".entries td.off")).to_have_count(0)
        well_formed(page)
        page.get_by_role("link", name="First step").click()
        expect(page.locator(".explain[data-phase=forward]")).to_be_visible()


def test_activation_loss_scheme_and_seed_can_be_chosen(open_page: Open):
    page = open_page(f"{LESSON}?preset=xor&{MORE}")
    pick(page, "Activation of layer 1", "relu")
    expect(page).to_have_url(re.compile("activations=relu"))
    pick(page, "Loss", "mean squared error")
    expect(page).to_have_url(re.compile("loss=mean_squared_error"))
    pick(page, "Initial weights", "all zeros")
    expect(page.locator("#in-w1_1_1")).to_have_value("0")
    pick(page, "Initial weights", "He, random")
    expect(page.locator("#in-w1_1_1")).not_to_have_value("0")
    first = page.locator("#in-w1_1_1").input_value()
    page.locator("#in-seed").fill("12")
    expect(page.locator("#in-w1_1_1")).not_to_have_value(first)
    expect(page).to_have_url(re.compile("seed=12"))


@pytest.mark.parametrize("place", [".machine", "#more-optimizer"])
def test_the_optimizer_is_exchanged_and_the_gradient_stays_to_the_last_digit(
    open_page: Open, place: str
):
    page = open_page(f"{LESSON}?preset=iris&step=0&{MORE}")
    page.get_by_role("link", name="Last step").click()
    expect(page.locator(".entries.update")).to_be_visible()
    before = gradient(page)
    assert len(before) == 27
    rules = {page.locator("ol.rule").inner_text()}
    for optimizer in ("momentum", "rmsprop", "adam", "gradient_descent"):
        page.locator(f"{place} select[name=optimizer]").select_option(optimizer)
        name = "" if optimizer == "gradient_descent" else f"optimizer={optimizer}"
        expect(page).to_have_url(re.compile(f"step=.*{name}$"))
        expect(page.locator(".explain h1")).to_contain_text(
            re.compile(optimizer.replace("_", " "), re.IGNORECASE)
        )
        for select in page.locator("select[name=optimizer]").all():
            expect(select).to_have_value(optimizer)
        assert gradient(page) == before
        rules.add(page.locator("ol.rule").inner_text())
    assert len(rules) == 4


def test_a_setting_of_the_optimizer_changes_the_move_and_not_the_gradient(open_page: Open):
    page = open_page(f"{LESSON}?step=29&{MORE}")
    before = gradient(page)
    moves = page.locator(".entries td:nth-of-type(3) .num")
    first = moves.evaluate_all(EXACT)
    page.locator("#in-learning_rate").fill("2")
    expect(page).to_have_url(re.compile("learning_rate=2"))
    page.wait_for_function(
        "first => document.querySelector('.entries td:nth-of-type(3) .num').dataset.exact"
        " !== first",
        arg=first[0],
    )
    assert gradient(page) == before
    assert float(moves.evaluate_all(EXACT)[0].replace("−", "-")) == pytest.approx(
        4 * float(first[0].replace("−", "-"))
    )


def test_two_equal_neurons_get_equal_gradients_and_a_dead_relu_none(open_page: Open):
    page = open_page(f"{LESSON}?preset=two-equal&{MORE}")
    page.get_by_role("link", name="Last step").click()
    expect(page.locator(".entries.update")).to_be_visible()
    equal = page.locator('.entries tr[data-f^="n-w1_"] td:nth-of-type(2) .num').evaluate_all(EXACT)
    assert equal[:2] == equal[2:]
    page.goto(f"{LESSON}?preset=dead-relu&{MORE}")
    page.get_by_role("link", name="Last step").click()
    dead = page.locator('.entries tr[data-f^="n-w1_1_"] td:nth-of-type(2) .num')
    expect(dead).to_have_text(["0", "0"])
