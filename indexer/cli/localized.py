"""Commands of click whose help, headings and usage errors are in the user's language.

The sentences are rows `cli.*` of the catalogue: `cli.help.COMMAND`, `cli.option.NAME` and
`cli.usage.*`. The language is `--lang` anywhere on the line, else the environment's.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from indexer.errors import ChaquanError, NotWritten, system_reason
from indexer.messages import LANGUAGES, Message, match_language, message

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def language() -> str:
    """Return the language of messages of the command that runs."""
    context = click.get_current_context(silent=True)
    chosen = context.find_root().params.get("lang") if context else None
    return str(chosen or default_language())


def default_language(environment: Mapping[str, str] | None = None) -> str:
    """Return the language of `CHAQUAN_LANG`, else of the locale, else English."""
    environment = os.environ if environment is None else environment
    for name in ("CHAQUAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return match_language(environment[name]) or "en"
    return "en"


def say(key: str, /, **facts: object) -> str:
    """Return a sentence of the catalogue in the user's language."""
    return message(f"cli.{key}", **facts).sentence(language())


class _Formatter(click.HelpFormatter):
    """Writes the headings of a help text in the user's language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or say("usage.usage"))

    def write_heading(self, heading: str) -> None:
        self.write(f"{say(f'usage.{heading.lower()}')}\n")


class _LocalizedContext(click.Context):
    formatter_class = _Formatter


class Option(click.Option):
    """An option whose help is a sentence of the catalogue, by default `cli.option.NAME`."""

    def __init__(self, *args: Any, sentence: Message | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._sentence = sentence or message(f"cli.option.{self.name}")

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        self.help = self._sentence.sentence(language())
        return super().get_help_record(ctx)

    def get_help_extra(self, ctx: click.Context) -> Any:  # noqa: ARG002 - click's
        """Return nothing: the help says what values an option takes."""
        return {}


def option(*names: str, **options: Any) -> Decorator:
    """Declare an option; its help is the row of the catalogue named like its parameter."""
    return click.option(*names, cls=Option, **options)


class LocalizedCommand(click.Command):
    """A command whose help is the row `cli.help.NAME`, with the option `--json`."""

    context_class = _LocalizedContext

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not isinstance(self, click.Group):
            self.params.append(Option(["--json", "as_json"], is_flag=True))

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - click's
        """Return the first sentence of the help."""
        return say(f"help.{self.name}").partition("\n")[0]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = say(f"help.{self.name}")
        super().format_help_text(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, `--help` with its help translated."""
        found = self.get_help_option(ctx)
        if found:
            found.help = say("option.help")
        super().format_options(ctx, formatter)


class LocalizedGroup(LocalizedCommand, click.Group):
    """The program: commands that are imported when used, errors as one sentence with a code."""

    command_class = LocalizedCommand

    def __init__(self, *args: Any, modules: Mapping[str, str], **options: Any) -> None:
        """Make the group; `modules` maps the names of commands to the modules that hold them."""
        super().__init__(*args, **options)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        return list(self._modules)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; one that does not exist is named with those that are spelt alike."""
        if args[0] not in self._modules and not args[0].startswith("-"):
            near = tuple(get_close_matches(args[0], self._modules))
            raise click.UsageError(_no_such("command", args[0], near, language()), ctx)
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in self._modules:
            return None
        module = import_module(f"indexer.cli.{self._modules[cmd_name]}")
        return getattr(module, cmd_name)  # type: ignore[no-any-return]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move `--lang X` to the front, wherever it is on the line."""
        return super().parse_args(ctx, _lang_first(args))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a bug stays a traceback."""
        try:
            return super().invoke(ctx)
        except ChaquanError as error:
            click.echo(f"chaquan: {error.sentence(language())}", err=True)
            ctx.exit(error.exit_code)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the program; print usage errors in the user's language."""
        lang = _lang_of(sys.argv[1:] if args is None else args)
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.ClickException as error:
            if not standalone_mode:
                raise
            _show_usage_error(error, lang)
            code = error.exit_code
        except click.Abort:
            click.echo(f"chaquan: {message('cli.stopped').sentence(lang)}", err=True)
            code = 1
        except OSError as error:
            if error.filename is not None:
                raise  # a bug: what cannot be read or written is an error of ours
            reason = system_reason(error)
            failed = NotWritten(path=message("cli.standard_output"), reason=reason)
            click.echo(f"chaquan: {failed.sentence(lang)}", err=True)
            sys.stdout = None  # which would be flushed again
            code = failed.exit_code
        if standalone_mode:
            sys.exit(code if isinstance(code, int) else 0)
        return code


def _lang_first(args: list[str]) -> list[str]:
    """Move `--lang X` or `--lang=X` to the front, unless it follows `--`."""
    ours = args[: args.index("--")] if "--" in args else args
    at = next((n for n, word in enumerate(ours) if word.partition("=")[0] == "--lang"), 0)
    end = at + (1 if "=" in "".join(args[at : at + 1]) else 2)
    return [*args[at:end], *args[:at], *args[end:]]


def _lang_of(args: Sequence[str]) -> str:
    """Return the language that a line asks for, whatever else is wrong with it."""
    word, following = (*_lang_first(list(args))[:2], "", "")[:2]
    name, written, given = word.partition("=")
    given = given if written else following
    return given if name == "--lang" and given in LANGUAGES else default_language()


def _show_usage_error(error: click.ClickException, lang: str) -> None:
    context = getattr(error, "ctx", None)
    if context is not None:
        prefix = message("cli.usage.usage").sentence(lang)
        pieces = " ".join(context.command.collect_usage_pieces(context))
        click.echo(f"{prefix}{context.command_path} {pieces}", err=True)
        hint = message("cli.usage.try", command=f"{context.command_path} --help")
        click.echo(hint.sentence(lang), err=True)
    sentence = message("cli.usage.error", reason=_translate(error, lang)).sentence(lang)
    click.echo(sentence, err=True)


def _no_such(what: str, name: str, near: tuple[str, ...], lang: str) -> str:
    hint = message("cli.usage.meant", names=near).sentence(lang) if near else ""
    return message(f"cli.usage.no_such_{what}", name=name, hint=hint).sentence(lang)


def _translate(error: click.ClickException, lang: str) -> str:
    """Return what is wrong in a language."""
    match error:
        case click.MissingParameter(param=click.Parameter() as parameter):
            name = parameter.make_metavar(error.ctx).rstrip(".")  # type: ignore[arg-type]
            said = message("cli.usage.missing", name=name)
        case click.NoSuchOption(option_name=name, possibilities=near):
            return _no_such("option", name, tuple(near or ()), lang)
        case click.BadParameter(param=click.Parameter() as parameter):
            name = parameter.opts[-1] if isinstance(parameter, click.Option) else parameter.name
            wanted = _name_wanted(parameter.type) or error.message
            said = message("cli.usage.bad_value", name=name, wanted=wanted)
        case click.BadOptionUsage(option_name=name):
            said = message("cli.usage.no_value", name=name)
        case _:
            return error.format_message()
    return said.sentence(lang)


def _name_wanted(kind: click.ParamType[Any]) -> Message | None:
    """Name the values of a type of options, `None` where any text will do."""
    match kind:
        case click.Choice(choices=choices):
            return message("wanted.one_of", choices=tuple(map(str, choices)))
        case click.IntRange(min=0, max=None):
            return message("wanted.not_negative")
        case click.IntRange(min=least, max=most):
            return message("wanted.between", least=least, most=most)
        case click.Path():
            return message("wanted.file")
    return None
