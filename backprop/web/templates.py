"""How templates become Python: what Jinja writes, with less done for each piece of a page.

A page is some 4,000 pieces, most of which were handed through five generators and wrapped as
markup on the way. What is written stays the same, byte by byte.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from keyword import iskeyword
from typing import Any

from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escape_text  # type: ignore[attr-defined]  # not wrapped


def escaped(value: Any) -> str:
    """Return a value as it stands in a page; what is only joined need not be wrapped as markup."""
    kind = type(value)
    if kind is str:
        return escape_text(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    return escape(value) if hasattr(value, "__html__") else escape_text(str(value))


def context_of_part(template: Template, context: Context, local: Mapping[str, Any]) -> Context:
    """Return what the names in an included part stand for: what they do around it."""
    names = {**context.get_all(), **{n: v for n, v in local.items() if v is not missing}}
    inside = object.__new__(Context)
    vars(inside).update(  # as Context makes them, but for what is the same for each part
        parent=names,
        vars={},
        environment=context.environment,
        eval_ctx=_context_of_evaluation(template),
        exported_vars=set(),
        name=template.name,
        globals_keys=set(),
        blocks={name: [block] for name, block in template.blocks.items()},
    )
    return inside


@lru_cache(maxsize=1024)
def _context_of_evaluation(template: Template) -> EvalContext:
    """Return whether a part escapes what it writes; what changes that in it takes it back."""
    return EvalContext(template.environment, template.name)


def holds(owner: Any, name: str) -> bool:
    """Whether something without an attribute of this name has an item of it."""
    try:
        owner[name]
    except (AttributeError, LookupError, TypeError):
        return False
    return True


class LeanMacro(Macro):
    """A macro that is mostly called with as many arguments as it takes, or fewer."""

    def __call__(self, *arguments: Any, **named: Any) -> str:
        """Return what it writes."""
        left = self._argument_count - len(arguments)
        fits = left >= 0 and ([*named] == ["caller"] if self.caller else not named)
        rare = self.catch_kwargs or self.catch_varargs or self.explicit_caller
        if rare or not fits or (arguments and type(arguments[0]) is EvalContext):
            return super().__call__(*arguments, **named)
        text = self._func(*arguments, *(missing,) * left, *named.values())
        return Markup(text) if self._default_autoescape else text


class LeanCode(CodeGenerator):
    """Writes a template’s Python: parts whole, texts unwrapped, macros called as they are."""

    def write_commons(self) -> None:
        """Write what every function of a template begins with."""
        super().write_commons()
        self.writeline("escape, Macro = environment.escaped, environment.macro")

    def visit_Template(  # noqa: N802 (Jinja’s, as those below)
        self, node: nodes.Template, frame: Frame | None = None
    ) -> None:
        """Write a template; one that fills the blocks of another sends its pieces as they come."""
        self.gathers = node.find(nodes.Extends) is None
        super().visit_Template(node, frame)

    def blockvisit(self, body: Iterable[nodes.Node], frame: Frame) -> None:
        """Write the inside of something; what a function makes is gathered, and yielded once."""
        if frame.buffer is not None or not self.gathers:
            super().blockvisit(body, frame)
            return
        self.buffer(frame)
        super().blockvisit(body, frame)
        self.writeline(f"yield concat({frame.buffer})")
        frame.buffer = None

    def visit_CondExpr(self, node: nodes.CondExpr, frame: Frame) -> None:  # noqa: N802
        """Write “a if b”: without an else it is an empty text, and no object that says why."""
        super().visit_CondExpr(
            nodes.CondExpr(node.test, node.expr1, node.expr2 or nodes.Const("")), frame
        )

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        """Write what comes before a value; where nothing is escaped, it is a text already."""
        if frame.eval_ctx.volatile or frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("(")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802
        """Write an include: the part is made whole, so that its pieces pass once."""
        if node.ignore_missing or not node.with_context:
            super().visit_Include(node, frame)
            return
        self.writeline("template = environment.part(", node)
        self.visit(node.template, frame)
        self.write(")")
        local = self.dump_local_context(frame)
        self.writeline(f"inside = environment.context_of_part(template, context, {local})")
        self.simple_write("concat(template.root_render_func(inside))", frame)

    def _import_common(self, node: nodes.Import | nodes.FromImport, frame: Frame) -> None:
        """Write an import; a file of macros is the same for every page."""
        if node.with_context:
            super()._import_common(node, frame)
            return
        self.write("environment.part(")
        self.visit(node.template, frame)
        self.write(")._get_default_module()")

    def visit_Test(self, node: nodes.Test, frame: Frame) -> None:  # noqa: N802
        """Write “a.b is defined” without the object that says why it is not."""
        if node.name != "defined" or not isinstance(node.node, nodes.Getattr):
            super().visit_Test(node, frame)
            return
        self.write("(getattr(owner := ")
        self.visit(node.node.node, frame)
        self.write(f", {node.node.attr!r}, missing) is not missing")
        self.write(f" or environment.holds(owner, {node.node.attr!r}))")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        """Write “a.b”: an attribute where there is one, and else what Jinja makes of it."""
        self.write("(found if (found := getattr(owner := ")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r}, missing)) is not missing")
        self.write(f" else environment.getattr(owner, {node.attr!r}))")

    def visit_Call(  # noqa: N802
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        """Write a call; nothing that is called by a name asks for the template’s context."""
        ours = (nodes.Name, nodes.EnvironmentAttribute)
        known = isinstance(node.node, ours) and not any(iskeyword(k.key) for k in node.kwargs)
        if not known or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")


class LeanEnvironment(Environment):
    """Jinja’s environment as Flask sets it up, with our code for templates."""

    code_generator_class = LeanCode
    escaped = staticmethod(escaped)
    macro = LeanMacro
    context_of_part = staticmethod(context_of_part)
    holds = staticmethod(holds)
    parts: Mapping[str, Template] = {}

    def part(self, name: str) -> Template:
        """Return a template that another includes; looked for once, unless files may change."""
        if name in self.parts and not self.auto_reload:
            return self.parts[name]
        template = self.get_template(name)
        self.parts = {**self.parts, name: template}
        return template
