"""The template environment: Jinja, with less work for each value that a template prints."""

from __future__ import annotations

import operator
from typing import Any

from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from webapp.site_texts import Texts, texts


def escape_text(value: object) -> str:
    """Return a value as `markupsafe.escape` does; of plain text no `Markup` is made.

    A page of results prints a thousand values; each `Markup` costs more than all of this.
    """
    if type(value) is not str:
        return value if type(value) is Markup else escape(value)
    text = value.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
    return text.replace("'", "&#39;").replace('"', "&#34;")


class PageGenerator(CodeGenerator):
    """Compiles templates as Jinja does, but for values, attributes and calls.

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
        """Write a call; no function of the templates takes the context."""
        self.write("environment.call(")
        self.visit(node.node, frame)
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")


class SentenceInserter(NodeTransformer):
    """Puts the sentences of one language in place of the calls that return them unchanged."""

    def __init__(self, sentences: Texts) -> None:
        self._sentences = sentences

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802
        """Return the sentence, where a call names it and gives no facts."""
        named = isinstance(node.node, nodes.Name) and node.node.name == "t"
        if named and not node.kwargs and isinstance(key := node.args[0], nodes.Const):
            return nodes.Const(self._sentences(key.value), lineno=node.lineno)
        self.generic_visit(node)
        return node


class PageEnvironment(Environment):
    """The environment of the site's templates."""

    code_generator_class = PageGenerator
    escape_text = staticmethod(escape_text)
    call = operator.call
    language = ""  # whose sentences are in the templates

    @staticmethod
    def in_language(templates: Environment, language: str) -> PageEnvironment:
        """Return an environment of the same templates with the sentences of one language."""
        made = templates.overlay()
        assert isinstance(made, PageEnvironment)  # noqa: S101 - what `create_app` sets
        made.language = language
        return made

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Parse a template."""
        parsed = super()._parse(source, name, filename)
        if self.language:
            SentenceInserter(texts(self.language)).visit(parsed)
        return parsed
