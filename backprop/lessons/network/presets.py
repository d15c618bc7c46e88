"""The states that the walk through one round can be opened at, each with something to see."""

from backprop.lessons.network.choices import Choices
from backprop.stage.lesson import Preset
from backprop.stage.optimizers import OptimizerChoices
from backprop.stage.worked_networks import WORKED_NETWORKS, WorkedNetwork


def _preset(worked: WorkedNetwork) -> Preset:
    choices = Choices(
        preset_name=worked.name,
        network=worked.network,
        then=worked.then,
        update=OptimizerChoices(settings={"learning_rate": worked.learning_rate}),
    )
    return Preset(worked.name, worked.title, worked.about, choices)


PRESETS = tuple(map(_preset, WORKED_NETWORKS))
