"""Files that are whole or absent: written beside, then renamed."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from nhilab.base.errors import InputError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; it takes the name only if the block ends well.

    What a link leads to is replaced, not the link. A device or pipe is yielded itself: a file in its place would be
    its end.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    beside = None
    try:
        if is_special(path):
            yield path
            return
        target = Path(os.path.realpath(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.{os.getpid()}.part")
        yield beside
        beside.replace(target)
    except OSError as error:
        raise InputError(path, "", error.strerror or str(error), "a path that can be written") from error
    finally:
        if beside is not None:
            with suppress(OSError):
                beside.unlink()


def is_special(path: Path) -> bool:
    """Whether a path is there and neither a file nor a folder: a device such as /dev/null, a pipe."""
    return path.exists() and not (path.is_file() or path.is_dir())


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder beside `path`; it replaces `path` only if the block ends well.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise InputError(path, "", error.strerror or str(error), "a folder that can be written") from error
    try:
        beside.chmod(0o755)
        yield beside
        if path.is_dir():
            old = beside.with_name(beside.name + ".old")
            path.rename(old)
            beside.rename(path)
            shutil.rmtree(old)
        else:
            beside.rename(path)
    except InputError as error:  # nobody knows the temporary name
        raise InputError(error.file.replace(str(beside), str(path)), error.key, error.found, error.allowed) from error
    except OSError as error:
        raise InputError(path, "", error.strerror or str(error), "a folder that can be written") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


STDOUT: Final = Path("-")
"""Names standard output where a file is asked for."""


def write_text(path: Path, text: str) -> None:
    """Write a whole text file, or to standard output."""
    if path == STDOUT:
        sys.stdout.write(text)
        return
    with whole_file(path) as beside:
        beside.write_text(text, encoding="utf-8")


def write_json(path: Path, content: object) -> None:
    """Write JSON with sorted keys, finite numbers only."""
    write_text(path, json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n")


def read_text(path: Path) -> str:
    """Text of a file a user named.

    Raises
    ------
    InputError
        If it cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(path, "", error.strerror or str(error), "a file that can be read") from error
    except UnicodeDecodeError as error:
        raise InputError(path, f"byte {error.start}", error.reason, "text in UTF-8") from error
