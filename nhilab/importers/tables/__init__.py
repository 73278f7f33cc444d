"""An estate in four CSV tables becomes a scenario folder."""

from nhilab.importers.tables.importer import import_tables
from nhilab.importers.tables.report import TablesReport

__all__ = ["TablesReport", "import_tables"]
