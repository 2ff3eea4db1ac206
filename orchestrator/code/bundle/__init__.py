"""Declarative Automation Bundles read offline: files, variables and targets laid together, each value in its place."""

from __future__ import annotations

from orchestrator.code.bundle.compute import Autoscale, Compute, ComputeKind, Runtime, parse_runtime
from orchestrator.code.bundle.context import Binding, ComputeContext
from orchestrator.code.bundle.load import load_bundles
from orchestrator.code.bundle.model import (
    BundleFile,
    Cluster,
    CodePath,
    Dependency,
    Duplicate,
    Environment,
    Identity,
    Job,
    JobCluster,
    MissingInclude,
    Parameter,
    Permission,
    Pipeline,
    Reference,
    Resource,
    Schedule,
    Task,
    TaskKind,
    Trigger,
    Variable,
)
from orchestrator.code.bundle.target import Bundle, Target, scalars

__all__ = [
    "Autoscale",
    "Binding",
    "Bundle",
    "BundleFile",
    "Cluster",
    "CodePath",
    "Compute",
    "ComputeContext",
    "ComputeKind",
    "Dependency",
    "Duplicate",
    "Environment",
    "Identity",
    "Job",
    "JobCluster",
    "MissingInclude",
    "Parameter",
    "Permission",
    "Pipeline",
    "Reference",
    "Resource",
    "Runtime",
    "Schedule",
    "Target",
    "Task",
    "TaskKind",
    "Trigger",
    "Variable",
    "load_bundles",
    "parse_runtime",
    "scalars",
]
