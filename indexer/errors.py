"""One tree of errors, by who can put it right; each says what happened and what to do.

Every class carries one English and one Chinese sentence, filled from the facts it is raised
with: `str(error)` is English, `error.sentence("zh")` Chinese, and `error.facts` the facts.
"""

from __future__ import annotations

import shlex
from typing import ClassVar


class ChaquanError(Exception):
    """The base of everything Chaquan raises on purpose."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1  # of the command line: 1 trouble, 2 asked wrongly
    english: ClassVar[str] = "Something went wrong: {reason}."
    chinese: ClassVar[str] = "出了问题：{reason}。"

    def __init__(self, **facts: object) -> None:
        self.facts = {name: _printable(value) for name, value in facts.items()}
        super().__init__(self.sentence())

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.facts)

    def sentence(self, language: str = "en") -> str:
        """Say what happened and what to do, in `zh…` or in English."""
        template = self.chinese if language.lower().startswith("zh") else self.english
        return template.format(**{**self.derived(), **self.facts})

    def derived(self) -> dict[str, object]:
        """Return what the sentences say that follows from the facts."""
        return {}

    def to_dict(self) -> dict[str, str]:
        """Give the error as JSON can carry it."""
        both = {"message": self.sentence("en"), "message_zh": self.sentence("zh")}
        return {"code": self.code, **both}


def _printable(value: object) -> object:
    """Escape control characters in text: facts come from files, clusters and readers."""
    if isinstance(value, str) and not value.isprintable():
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)
    return value


def _rebuild(cls: type[ChaquanError], facts: dict[str, object]) -> ChaquanError:
    return cls(**facts)


# ---------------------------------------------------------------- who asks can put it right


class QueryError(ChaquanError, ValueError):
    """A request that cannot be answered as it stands."""

    code = "bad_query"
    exit_code = 2


class TooLong(QueryError):
    """A query beyond a limit."""

    code = "too_long"
    english = "The query has {actual} {unit}, more than the {limit} allowed; please shorten it."
    chinese = "查询有 {actual} {unit_zh}，超过上限 {limit}，请缩短。"


class TooSlow(QueryError):
    """A query that takes longer than it may."""

    code = "too_slow"
    english = "The query takes longer than {seconds} s; please ask for something more exact."
    chinese = "查询超过 {seconds} 秒仍未完成，请换用更精确的条件。"


class UnknownField(QueryError):
    """A facet, kind or sort order that does not exist."""

    code = "unknown_value"
    english = "There is no {what} {value!r}; choose one of {choices}."
    chinese = "没有“{value}”这个{what_zh}，可选：{choices}。"


class PastTheEnd(QueryError):
    """A page of results behind the last one."""

    code = "past_the_end"
    english = "The results end at {total}; there is nothing from {start} on."
    chinese = "共 {total} 条结果，第 {start} 条之后没有内容。"


class NotFound(ChaquanError, LookupError):
    """A page, article or paragraph that the index does not hold."""

    code = "not_found"
    english = "There is no {what} {value!r} in the index."
    chinese = "索引里没有{what_zh}“{value}”。"


# ---------------------------------------------------------------- who sets it up can


class BadSetting(ChaquanError, ValueError):
    """A setting that is not what it must be."""

    code = "bad_setting"
    english = "{name} must be {wanted}, not {given!r}."
    chinese = "{name} 应为{wanted_zh}，而不是 {given!r}。"


# ---------------------------------------------------------------- who supplies the pages can


class SourceError(ChaquanError):
    """A source that cannot be read."""

    code = "bad_source"


class SourceMissing(SourceError, FileNotFoundError):
    """A path that does not exist."""

    code = "source_missing"
    english = "{path} does not exist; give a folder of pages or a page file."
    chinese = "{path} 不存在，请给出存放版面文件的文件夹或文件。"


class SourceEmpty(SourceError):
    """A folder without a single page."""

    code = "source_empty"
    english = "{path} holds no pages{held}; put .txt, .md or .jsonl files there."
    chinese = "{path} 里没有版面文件{held_zh}，请放入 .txt、.md 或 .jsonl 文件。"


class WrongKind(SourceError):
    """A file that was named and is of a kind that holds no page."""

    code = "wrong_kind"
    english = "{path} cannot be read as a page: {suffix} files are of another kind; {help}."
    chinese = "{path} 不能作为版面读取（{suffix} 文件）：{help_zh}。"


class NotText(SourceError):
    """A file that is not text or whose encoding nobody can tell."""

    code = "not_text"
    english = "{path} is not readable text ({reason}); save it as UTF-8 and try again."
    chinese = "{path} 不是可读的文本（{reason_zh}），请另存为 UTF-8 后再试。"


class Unreadable(SourceError):
    """A file that cannot be opened, is no plain file of the folder, or does not hold still."""

    code = "unreadable"
    english = "{path} was not read: {reason}."
    chinese = "{path} 未能读取：{reason_zh}。"


def cannot_read(path: object, error: OSError) -> Unreadable:
    """Say why the system does not give a file."""
    reason = error.strerror or type(error).__name__
    return Unreadable(path=path, reason=reason, reason_zh=reason)


class BadRecord(SourceError):
    """A line of a .jsonl file that is not an article."""

    code = "bad_record"
    english = "{path}, line {line}: {reason}."
    chinese = "{path} 第 {line} 行：{reason_zh}。"


class BadMetadata(SourceError):
    """A side-car file that says something impossible."""

    code = "bad_metadata"
    english = "{path}: {reason}."
    chinese = "{path}：{reason_zh}。"


class SourceWarning(SourceError):
    """Something to know of a source that was read all the same."""

    code = "source_warning"


class TextRepaired(SourceWarning):
    """Bytes of a file that are no text."""

    code = "text_repaired"
    english = "{path}: unreadable characters, shown as �: {count} (the first in line {line})."
    chinese = "{path}：有 {count} 个字符无法读取，以 � 代替（最先见于第 {line} 行）。"


class LooksWrong(SourceWarning):
    """Text that is hardly what was printed."""

    code = "looks_wrong"
    english = "{path} looks wrong: {reason}. Save it anew from its original, as UTF-8."
    chinese = "{path} 疑有乱码：{reason_zh}。请从原件重新保存为 UTF-8。"


class FieldLeftOut(SourceWarning):
    """A field beside a page's text that could not be taken as it is; the page is there."""

    code = "field_left_out"
    english = "{path}: {field} {value!r} was left out: {reason}."
    chinese = "{path}：已略去 {field} “{value}”：{reason_zh}。"


class FieldChanged(SourceWarning):
    """A field of a record that was taken otherwise than it says."""

    code = "field_changed"
    english = "{path}: {field}: {reason}."
    chinese = "{path}：{field}：{reason_zh}。"


class FilesLeftAside(SourceWarning):
    """Files in a source that are no pages."""

    code = "files_left_aside"
    english = "{path}: files that are no pages ({suffix}): {count}; {help}."
    chinese = "{path}：{count} 个文件（{suffix_zh}）不是版面，未读取；{help_zh}。"


class PageTwice(SourceError):
    """Two files that would become the same page."""

    code = "page_twice"
    english = "{path} has the same page name as {other}; rename one of them."
    chinese = "{path} 与 {other} 的版面名称相同，请给其中一个改名。"


class SourceUnknown(SourceError):
    """A source to remove that the index was not built from."""

    code = "source_unknown"
    exit_code = 2
    english = "{given} is no source of the index in {path}; its sources are: {sources}."
    chinese = "{given} 不是 {path} 的索引的来源，其来源为：{sources}。"


class SourcesForgotten(SourceError):
    """An index that cannot say what it was built from, and nobody else does."""

    code = "sources_forgotten"
    exit_code = 2
    english = "The index in {path} does not say where its pages lie; name their folder: {command}"
    chinese = "{path} 的索引没有记录版面的来源，请指明版面所在的文件夹（FOLDER）：{command}"


class PagesWouldGo(SourceError):
    """A build that would drop pages of a source that was not named."""

    code = "pages_would_go"
    exit_code = 2
    english = (
        "Pages of {sources} that this build would take out of the index: {count}. "
        "To keep them, run: {keep}\nTo take them out, run: {replace}"
    )
    chinese = (
        "这次建立索引会移除来自 {sources_zh} 的 {count} 个版面。"
        "要保留它们，请运行：{keep}\n要移除它们，请运行：{replace}"
    )


# ---------------------------------------------------------------- who runs the machine can


class StoreError(ChaquanError):
    """An index that cannot be used as it is."""

    code = "index_error"


class _ToBuild(StoreError):
    """An index that a build makes or makes anew.

    `options` name the index on the command line; without them it is the folder `path`.
    """

    words: ClassVar[str] = "chaquan build --full"

    def derived(self) -> dict[str, object]:
        """Return the command to run."""
        options = self.facts.get("options") or f"--index {shlex.quote(str(self.facts.get('path')))}"
        return {"command": f"{self.words} {options}"}


class IndexMissing(_ToBuild):
    """No index where one was expected."""

    code = "index_missing"
    words = "chaquan build"
    english = (
        "There is no index in {path}. Name the folders of your pages behind “build”, or seeds/ is "
        "taken; run: {command}"
    )
    chinese = (
        "{path} 里还没有索引。请在 build 后面写上版面所在的文件夹（不写则取 seeds/），"
        "运行：{command}"
    )


class IndexOutdated(_ToBuild):
    """An index of another version."""

    code = "index_outdated"
    english = (
        "The index in {path} was built by another version ({found}, now {wanted}); run: {command}"
    )
    chinese = "{path} 的索引由另一版本建立（{found}，现为 {wanted}），请运行：{command}"


class IndexCorrupt(_ToBuild):
    """An index that is damaged."""

    code = "index_corrupt"
    english = "The index in {path} is damaged ({reason}); run: {command}"
    chinese = "{path} 的索引已损坏（{reason}），请运行：{command}"


class IndexUnreadable(StoreError):
    """An index whose files the system does not let be read."""

    code = "index_unreadable"
    english = "The index in {path} cannot be read ({reason}); look at its rights and its disk."
    chinese = "{path} 的索引无法读取（{reason}），请检查其权限和磁盘。"


class IndexLocked(StoreError):
    """An index that another writer is changing."""

    code = "index_locked"
    english = "The index in {path} is being written by {holder}; waited {seconds} s, try later."
    chinese = "{path} 的索引正由 {holder} 写入，已等待 {seconds} 秒，请稍后再试。"


class StorageFull(StoreError):
    """No room, or no right, to write."""

    code = "storage"
    english = "Cannot write to {path} ({reason}); an index that was there is unchanged."
    chinese = "无法写入 {path}（{reason}），原有索引不受影响。"


class EngineUnreachable(StoreError):
    """A remote engine that does not answer."""

    code = "engine_unreachable"
    english = "The search cluster at {url} does not answer ({reason})."
    chinese = "检索集群 {url} 没有应答（{reason}）。"


class DocumentsRefused(StoreError):
    """Documents that a remote engine would not take."""

    code = "documents_refused"
    english = (
        "The search cluster refused {count} documents ({documents}; the first because of "
        "{reason}); an index that was there is unchanged."
    )
    chinese = "检索集群拒收 {count} 个文档（{documents}；首个原因：{reason}），原有索引不受影响。"


class EngineMissing(StoreError):
    """An engine whose optional packages are not installed, or that does not exist."""

    code = "engine_missing"
    english = "The engine {name!r} is not available; {hint}."
    chinese = "没有可用的引擎“{name}”：{hint}。"
