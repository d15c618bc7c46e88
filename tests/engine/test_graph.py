"""A function as data."""

import pytest

from backprop.engine.errors import PointError
from backprop.engine.graph import Builder, Graph, Node
from backprop.engine.ops import OPS


def product_of_sum():
    builder = Builder()
    x, w = builder.leaf("x", given=True), builder.leaf("w")
    one = builder.constant(1)
    builder.node("multiply", (builder.node("add", (x, one)), w), "L")
    return builder.graph()


def test_a_graph_knows_its_variables_and_its_parameters():
    graph = product_of_sum()
    assert graph.variables == ("x", "w")
    assert graph.parameters == ("w",)
    assert not graph.on_arrays
    assert len(graph) == 5
    assert graph.output == 4
    assert [node.name for node in graph.nodes] == ["x", "w", "#2", "v1", "L"]


def test_leaves_are_variables_or_constants():
    nodes = product_of_sum().nodes
    assert [node.is_leaf for node in nodes] == [True, True, True, False, False]
    assert [node.is_variable for node in nodes] == [True, True, False, False, False]


def test_a_product_with_itself_keeps_both_edges():
    builder = Builder()
    x = builder.leaf("x")
    builder.node("multiply", (x, x))
    assert builder.graph().uses() == (((1, 0), (1, 1)), ())


def test_gradients_flow_only_where_a_parameter_reaches():
    assert product_of_sum().varying() == (False, True, False, False, True)


def test_a_row_belongs_to_each_result():
    assert product_of_sum().row(4) is OPS["multiply"]


def test_a_node_is_found_by_its_name():
    assert product_of_sum().position("L") == 4
    with pytest.raises(PointError, match="no “q” here"):
        product_of_sum().position("q")
    with pytest.raises(PointError, match="no variables"):
        Graph((Node("#0", number=1.0),)).position("q")


def test_equal_graphs_are_equal_and_have_one_hash():
    one, other = product_of_sum(), product_of_sum()
    assert one == other
    assert hash(one) == hash(other)
    assert one != Graph(one.nodes[:-1])
    assert one != "a graph"


@pytest.mark.parametrize(
    ("nodes", "sentence"),
    [
        ((), "at least one node"),
        ((Node("x"), Node("x")), "names are unique"),
        ((Node("x", "exp", (0,)),), "earlier nodes"),
        ((Node("x"), Node("y", "exp", (-1,))), "earlier nodes"),
    ],
)
def test_what_is_no_graph_is_the_programmers_mistake(nodes, sentence):
    with pytest.raises(AssertionError, match=sentence):
        Graph(nodes)


def test_a_variable_is_added_once():
    builder = Builder()
    assert builder.leaf("x") == builder.leaf("x") == 0


def test_a_result_without_a_name_takes_the_next_free_one():
    builder = Builder()
    x, _ = builder.leaf("x"), builder.leaf("v2")
    first = builder.node("exp", (x,))
    second = builder.node("exp", (first,), part_of="Z1")
    nodes = builder.graph().nodes
    assert nodes[first].name == "v1"
    assert nodes[second].name == "v3"
    assert nodes[second].part_of == "Z1"


@pytest.mark.parametrize(("share", "length"), [(True, 3), (False, 4)])
def test_a_builder_that_shares_gives_back_the_node_that_computes_the_same(share, length):
    builder = Builder(share=share)
    x = builder.leaf("x")
    left, right = builder.node("exp", (x,)), builder.node("exp", (x,))
    builder.node("add", (left, right))
    assert len(builder.graph()) == length


def test_a_builder_that_shares_gives_equal_constants_one_node():
    shared, apart = Builder(share=True), Builder()
    assert shared.constant(2) == shared.constant(2.0)
    assert apart.constant(2) != apart.constant(2.0)


class Counting(dict):
    """A dict that counts how often it is asked whether it has a key."""

    asked = 0

    def __contains__(self, key):
        self.asked += 1
        return super().__contains__(key)


def test_naming_a_node_asks_about_as_many_names_as_it_gives():
    builder = Builder()
    builder._positions = Counting()
    x = builder.leaf("x")
    for n in range(1, 300, 2):
        builder.leaf(f"v{n}")  # taken
    asked = builder._positions.asked
    last = x
    for _ in range(3000):
        last = builder.node("add", (last, x))
    assert builder._positions.asked - asked <= 3000 + 151


def test_a_name_that_is_free_again_later_is_the_number_of_results_or_the_next():
    builder = Builder()
    x = builder.leaf("x")
    names = []
    for taken in ("v1", "v5", "v3", "v6", ""):
        if taken:
            builder.leaf(taken)
        builder.node("negate", (x,))
        names.append(builder.graph().nodes[-1].name)
    assert names == ["v2", "v3", "v4", "v7", "v8"]


def test_a_node_of_numbers_is_written_as_ever():  # stored runs are known by this text
    text = "Node(name='v1', operation='add', inputs=(0, 1), number=None, given=False, part_of='')"
    assert repr(Node("v1", "add", (0, 1))) == text
    assert repr(Node("Z", "add", (0, 1), shape=(2,))).endswith("parameters=(), shape=(2,))")
