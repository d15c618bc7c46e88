"""A product as it is read: its numbers multiplied, 0.5·(N[1] - Y[1]); a sum in brackets."""

import ast

from backprop.engine.arrays.rows import number_text


def factor_text(tree: ast.expr) -> str:
    """Return a text as a factor: its numbers multiplied, 0.5·(N[1] - Y[1]); a sum in brackets."""
    over: list[ast.expr] = []
    under: list[ast.expr] = []
    number = _gathered(tree, over, under)
    texts = [[_bracketed(each) for each in part] for part in (over, under)]
    text = "·".join([number_text(float(f"{number:.4g}"))] * (number != 1 or not over) + texts[0])
    if number == -1 and over:
        text = "-" + "·".join(texts[0])
    below = "·".join(texts[1])
    return text + f" / {below if len(under) < 2 else f'({below})'}" * bool(under)


def _gathered(tree: ast.expr, over: list[ast.expr], under: list[ast.expr]) -> float:
    """Collect the factors of a product, and what it is divided by; return its numbers' product."""
    match tree:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_gathered(operand, over, under)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _gathered(left, over, under) * _gathered(right, over, under)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            below = _gathered(right, under, over)
            return _gathered(left, over, under) / below if below else float("nan")
        case ast.Constant(value=int() | float() as value):
            return float(value)
    over.append(tree)
    return 1.0


def _bracketed(tree: ast.expr) -> str:
    text = ast.unparse(tree)
    return f"({text})" if isinstance(tree, ast.BinOp) and not isinstance(tree.op, ast.Pow) else text
