"""Units by name: how an address calls them, how the picture does, and which one is meant."""

from backprop.lessons.train_course import Course
from backprop.notation.formula import Label
from backprop.notation.names import label_of


def unit_name(layer: int, unit: int) -> str:
    """Return how an address calls a unit: x2, a1_3."""
    return f"a{layer}_{unit + 1}" if layer else f"x{unit + 1}"


def label_for(course: Course, layer: int, unit: int) -> tuple[Label | None, str]:
    """Return what a unit is called: a letter, or a text for features and classes."""
    data = course.data
    if layer == 0:
        return None, data.title(data.names[unit])
    if layer == course.network.depth and len(data.dataset.classes) > 2:
        return None, data.dataset.classes[unit]
    name = f"yhat{unit + 1}" if layer == course.network.depth else f"a{layer}_{unit + 1}"
    return label_of(name), ""


def find_unit(course: Course, name: str) -> tuple[int, int] | None:
    """Return the layer and the number (from 0) of the unit of this name; None if there is none."""
    letter, layer, unit = name[:1], "0", name[1:]
    if letter == "a":
        layer, _, unit = name[1:].partition("_")
    if letter not in ("a", "x") or not (layer.isdecimal() and unit.isdecimal()):
        return None
    sizes = course.network.sizes
    where = int(layer), int(unit) - 1
    inside = where[0] < len(sizes) and (letter == "x") == (where[0] == 0)
    return where if inside and 0 <= where[1] < sizes[where[0]] else None


def title_of(course: Course, layer: int, unit: int) -> str:
    """Return what the enlarged picture of a unit shows, in words."""
    text = label_for(course, layer, unit)[1]
    if layer == 0:
        return f"The feature {text}, as the network is given it"
    if layer < course.network.depth:
        return f"What unit {unit + 1} of layer {layer} computes"
    classes = course.data.dataset.classes
    if not classes:
        return f"The network’s output for {course.data.dataset.target}"
    return f"The network’s probability of “{classes[unit] if len(classes) > 2 else classes[1]}”"
