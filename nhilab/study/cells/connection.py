"""A connection to a Dask cluster that says nothing on the terminal."""

from __future__ import annotations

import logging
import warnings
from contextlib import suppress
from typing import Any, Final

from nhilab.base.errors import InputError
from nhilab.study.cells.scheduler import LOCAL, address_of
from nhilab.study.cells.worker import children_deaf_to_interrupts

CONNECT_S: Final = 4
"""Time to reach a scheduler."""


class Connection:
    """A client of a cluster, and the cluster itself if it was started here.

    Attributes
    ----------
    client : distributed.Client
    killed : type of exception
        What a cell comes to over which workers were killed.

    Raises
    ------
    InputError
        If distributed is not installed, the name is unknown or no scheduler answers.
    """

    def __init__(self, cluster: str, *, workers: int) -> None:
        try:
            import distributed
        except ImportError as error:
            raise InputError("--cluster", "", cluster, "it with the extra: pip install 'nhilab[cluster]'") from error
        self.killed: type[Exception] = distributed.KilledWorker
        self.client: Any = None
        self._own: Any = None
        address = None if cluster == LOCAL else address_of(cluster)
        self._levels = _silenced()
        try:
            with warnings.catch_warnings(), children_deaf_to_interrupts():
                warnings.simplefilter("ignore")  # of versions that differ: what matters is compared with each cell
                if address is None:
                    self._own = distributed.LocalCluster(  # type: ignore[no-untyped-call]
                        n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
                    )
                self.client = distributed.Client(  # type: ignore[no-untyped-call]
                    self._own or address, timeout=CONNECT_S, set_as_default=False
                )
        except (OSError, ValueError, ImportError) as error:
            self.close()
            raise InputError("--cluster", "", cluster, "the address of a Dask scheduler that answers") from error

    def close(self) -> None:
        """Leave the cluster, and end it if it was started here."""
        with suppress(OSError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for part in (self.client, self._own):
                if part is not None:
                    part.close(timeout=CONNECT_S)
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)


def _silenced() -> dict[str, int]:
    """Say nothing of Dask's on the terminal; the levels of its loggers before."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in ("distributed", "tornado")]
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return levels
