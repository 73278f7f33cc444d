"""Google Cloud: policies, job schedules and job timings become a scenario folder."""

from nhilab.importers.gcp_iam.importer import import_gcp_iam
from nhilab.importers.gcp_iam.report import ImportReport

__all__ = ["ImportReport", "import_gcp_iam"]
