"""The tables of the league. One may be added, and none is taken out."""

from dataclasses import dataclass
from typing import Literal

Task = Literal["classes", "number"]
Metric = Literal["roc_auc", "log_loss", "rmse"]


@dataclass(frozen=True)
class Entry:
    """A table, and what is predicted from it."""

    name: str
    """The name of the file that `tools/packaged_tables.py` writes."""
    target: str
    """The header of its target."""
    metric: Metric
    published: str = ""
    """The scores of others by the same metric, as published."""

    @property
    def task(self) -> Task:
        """What the target is."""
        return "number" if self.metric == "rmse" else "classes"

    @property
    def model(self) -> str:
        """Begins the names of the table's models."""
        return self.name.replace("_", "-")


ENTRIES = (
    Entry("adult", "income", "roc_auc", "0.9258-0.9295"),
    Entry("german", "credit", "roc_auc", "0.783-0.796"),
    Entry("compas", "two_year_recid", "roc_auc"),
    Entry("phoneme", "Class", "roc_auc", "0.963-0.968"),
    Entry("kr_vs_kp", "Class", "roc_auc", "0.9992-0.9999"),
    Entry("australian", "Class", "roc_auc", "0.934-0.940"),
    Entry("pima", "Class", "roc_auc", "0.824-0.845"),
    Entry("churn", "churn", "roc_auc", "0.927-0.939"),
    Entry("attrition", "Attrition", "roc_auc"),
    Entry("credit", "Status", "roc_auc"),
    Entry("breast_cancer", "target", "roc_auc"),
    Entry("segment", "Class", "log_loss", "0.047-0.085"),
    Entry("vehicle", "Class", "log_loss", "0.353-0.497"),
    Entry("splice", "Class", "log_loss", "0.078-0.161"),
    Entry("digits", "target", "log_loss"),
    Entry("concrete", "compressive_strength", "rmse", "4.07-5.50"),
    Entry("diabetes", "target", "rmse"),
    Entry("ames", "Sale_Price", "rmse"),
    Entry("diamonds", "price", "rmse", "514-549"),
    Entry("flights", "arr_delay", "rmse"),
)
