"""What is easily done wrong in a rule of arrays: names, titles, and what each comes to."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class RuleSlip:
    """Something that is easily done wrong.

    Attributes:
        name: in an address.
        title: what it is called.
        about: what the rule that comes of it does, in a sentence.
        kind: slips of one kind look alike.
    """

    name: str
    title: str
    about: str
    kind: str


FILLING = "filling"  # the kind of those that are taken where nothing likelier is left
SWAPPED = RuleSlip(
    "operands-swapped",
    "Factors in the wrong order",
    "A matrix product depends on the order of its factors: this one sums over another axis.",
    "order",
)
NO_TRANSPOSE = RuleSlip(
    "no-transpose",
    "A transpose is missing",
    "Without the transpose the sum runs over the wrong axis.",
    "transpose",
)
TRANSPOSED = RuleSlip(
    "transposed", "A transpose too many", "The transpose turns rows into columns.", "transpose"
)
MOVED = RuleSlip(
    "transpose-moved",
    "The transpose is at the wrong factor",
    "The sum runs over the axis that both factors share: here it is another one.",
    "transpose",
)
ENTRYWISE = RuleSlip(
    "entrywise",
    "Multiplied entry by entry",
    "Each entry is multiplied once; nothing is summed.",
    "entrywise",
)
MATRIX = RuleSlip(
    "matrix-product",
    "A matrix product in place of one entry by entry",
    "It mixes entries that have nothing to do with each other.",
    "matrix",
)
OTHER_OPERAND = RuleSlip(
    "other-operand",
    "The other operand",
    "What is multiplied with is not what was asked about, but what stood beside it.",
    "operand",
)
SUM_FORGOTTEN = RuleSlip(
    "sum-forgotten",
    "The sum is forgotten",
    "What was used several times gets the sum of what comes back from each use.",
    "sum",
)
WRONG_AXIS = RuleSlip(
    "wrong-axis", "Along the wrong axis", "It goes along the axis that was to stay.", "axis"
)
ALL_AXES = RuleSlip(
    "bias-all-axes", "Summed over everything", "It leaves one number for all entries.", "sum"
)
MEAN = RuleSlip(
    "bias-mean", "A mean in place of a sum", "Uses add up: they are not averaged.", "mean"
)
FIRST_ROW = RuleSlip(
    "bias-first-row", "The first row only", "The other rows count as much as the first.", "row"
)
LOCAL_FORGOTTEN = RuleSlip(
    "local-forgotten",
    "The local factor is forgotten",
    "It hands on what arrives as if the line did nothing.",
    "local",
)
ARRIVING_FORGOTTEN = RuleSlip(
    "arriving-forgotten",
    "What arrives is forgotten",
    "It is the line's own derivative, without what comes from later lines.",
    "arriving",
)
OWN_FACTOR = RuleSlip(
    "own-factor",
    "Multiplied by its own value",
    "A gradient has the local derivative in it, not the value that it belongs to.",
    "own",
)
OWN_VALUE = RuleSlip(
    "own-value", "The value for the gradient", "It is a value, and no gradient.", FILLING
)
MINUS_LOST = RuleSlip("minus-lost", "The minus is lost", "Every sign is turned round.", "sign")
MINUS_ADDED = RuleSlip("minus-added", "A minus too many", "Every sign is turned round.", FILLING)
DOUBLED = RuleSlip("doubled", "A factor too many", "Everything but its size is right.", FILLING)
OWN_BESIDE = RuleSlip(
    "own-beside",
    "Multiplied by its own value",
    "A gradient has the local derivative in it, not the value that it belongs to.",
    FILLING,
)
NOT_DIVIDED = RuleSlip(
    "mean-not-divided", "Not divided", "The mean's 1/n belongs to its derivative.", "scale"
)
SCALE = RuleSlip(
    "scale-forgotten", "A factor is forgotten", "Everything but its size is right.", "scale"
)
DIVIDED = RuleSlip(
    "divided", "Divided instead of multiplied", "The chain rule multiplies.", "operation"
)
MULTIPLIED = RuleSlip(
    "multiplied", "Multiplied instead of divided", "Here it is divided.", "operation"
)
ADDED = RuleSlip(
    "added", "Added instead of multiplied", "What arrives is multiplied, not added to.", "operation"
)
DIVIDED_WITHIN = replace(DIVIDED, about="Here it is multiplied.")
ADDED_WITHIN = replace(ADDED, about="Here it is multiplied, not added.")
FACTOR_FORGOTTEN = RuleSlip(
    "factor-forgotten", "A factor is forgotten", "Here two are multiplied; one is missing.", "local"
)
TERM_FORGOTTEN = RuleSlip(
    "term-forgotten", "A term is forgotten", "Both parts count in every entry.", "term"
)
TERM_SIGN = RuleSlip(
    "term-sign", "A sign within", "One of its parts has the other sign.", "term-sign"
)
SQUARE = RuleSlip(
    "quotient-no-square", "A power is forgotten", "The exponent belongs to it.", "power"
)
MASK_FORGOTTEN = RuleSlip(
    "mask-forgotten",
    "The choice is forgotten",
    "What was held back on the way forward gets no gradient.",
    "mask",
)
MASK_TURNED = RuleSlip(
    "mask-turned", "The other ones pass", "It lets through what was held back.", "mask"
)
BY_GRADIENT = RuleSlip(
    "relu-by-gradient-sign",
    "Chosen by the gradient's sign",
    "What passes was chosen on the way forward, by the value.",
    "choice",
)
NOT_PLACED = RuleSlip(
    "not-placed",
    "Not put back in its place",
    "What was read from somewhere goes back to where it was read.",
    "place",
)
OTHER_PLACE = RuleSlip(
    "other-place", "Put in another place", "It was read from elsewhere.", "place"
)
READ_AGAIN = RuleSlip(
    "read-again", "Read again in place of put back", "It reads where it has to add.", "read"
)
NOT_RESHAPED = RuleSlip(
    "not-reshaped", "Its shape is left", "It has the shape of the result still.", "reshape"
)
LETTERS_SWAPPED = RuleSlip(
    "letters-swapped",
    "Axes in another order",
    "The letters of the result say the order of its axes.",
    "letters",
)
WHOLE_TURNED = RuleSlip(
    "turned-round", "Turned round", "Its rows and columns are exchanged.", "whole"
)
FUNCTION_FORGOTTEN = RuleSlip(
    "function-forgotten", "A function is forgotten", "It goes on with what enters it.", "function"
)
