"""The template environment: Jinja, with less work for each value that a template prints."""

from __future__ import annotations

import operator
from typing import Any

from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

DIRECT_CALLS = ("t", "to", "show")
"""Names whose functions take no context: sentences, the writer of addresses, and macros."""


def escape_text(value: object) -> str:
    """Return a value as `markupsafe.escape` does; of plain text no `Markup` is made.

    A page of results prints a thousand values; each `Markup` costs more than all of this.
    """
    if type(value) is not str:
        return value if type(value) is Markup else escape(value)
    text = value.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
    return text.replace("'", "&#39;").replace('"', "&#34;")


class PageGenerator(CodeGenerator):
    """Compiles templates as Jinja does, but for values, attributes and the commonest calls.

    An attribute that a value does not have is an error: nothing in the templates is looked up in a
    dictionary, which Jinja would try next.
    """

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escape_text(")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        """Write an attribute."""
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")

    def visit_Call(  # noqa: N802
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        """Write a call."""
        owner = node.node.node if isinstance(node.node, nodes.Getattr) else node.node
        if not (isinstance(owner, nodes.Name) and owner.name in DIRECT_CALLS):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.write("environment.call(")
        self.visit(node.node, frame)
        self.signature(node, frame)
        self.write(")")


class PageEnvironment(Environment):
    """The environment of the site's templates."""

    code_generator_class = PageGenerator
    escape_text = staticmethod(escape_text)
    call = operator.call
