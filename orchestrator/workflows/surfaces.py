"""What in a project's text shows that a surface is there; `live` is in the facts that a command has read, alone."""

from __future__ import annotations

import re
from collections.abc import Callable

from orchestrator.code.source import SourceFile
from orchestrator.loading.agent import Surface

Holds = Callable[[SourceFile], bool]
FACTS: Surface = "live"
LIVE = ".orchestrate/live"
"""Where the facts of a run are kept; nothing below a hidden folder is read as part of a project."""
_PYTHON = (".py", ".ipynb")
_CODE = (*_PYTHON, ".sql")
_YAML = (".yml", ".yaml")
_ALL = (*_CODE, *_YAML)


def _text(suffixes: tuple[str, ...], *patterns: str) -> Holds:
    compiled = re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)
    return lambda source: source.path.endswith(suffixes) and compiled.search(source.text) is not None


def _path(pattern: str) -> Holds:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda source: compiled.search(source.path) is not None


SHOWN_BY: dict[Surface, Holds] = {
    "python": _text(_PYTHON, r"\bpyspark\b", r"\bspark\.", r"\bDataFrame\b"),
    "sql": _text(_CODE, r"\bspark\.sql\(", r"\bSELECT\b.+\bFROM\b", r"\bMERGE\s+INTO\b", r"%sql\b"),
    "notebook": _text(_CODE, r"\A(?:#|--|//) Databricks notebook source", r"^# MAGIC %"),
    "bundle": _text(_YAML, r"^(?:bundle|targets|resources|include):"),
    "contract": _text(
        _YAML, r"^(?:dataContractSpecification|dataProduct):", r"^kind: *DataContract", r"^apiVersion: *v3\."
    ),
    "ci": _path(r"(?:^|/)(?:\.github/workflows/.+\.ya?ml|azure-pipelines.*\.ya?ml|\.gitlab-ci\.yml)$"),
    "tests": _path(r"(?:^|/)(?:test_[^/]+|[^/]+_test|conftest)\.py$"),
    "streaming": _text(
        _CODE, r"\breadStream\b", r"\bwriteStream\b", r"\bcloudFiles\b", r"\bSTREAM\s*\(", r"\bSTREAMING\s+TABLE\b"
    ),
    "declarative-pipeline": _text(
        _ALL, r"from pyspark import pipelines", r"\bimport dlt\b", r"@d(?:p|lt)\.", r"\bMATERIALIZED\s+VIEW\b",
        r"\bSTREAMING\s+TABLE\b", r"^\s+pipelines:",
    ),
    "delta": _text(
        _CODE, r"\bDeltaTable\b", r"\bMERGE\s+INTO\b", r"\b(?:VACUUM|OPTIMIZE)\b", r"\bCLUSTER\s+BY\b", r"saveAsTable",
        r"\bINSERT\s+OVERWRITE\b", r"\bwriteTo\s*\(", r"readChangeFeed", r"\btable_changes\b",
        r"\bCREATE\s+(?:OR\s+REPLACE\s+)?TABLE\b",
    ),
    "ml-training": _text(_PYTHON, r"\b(?:mlflow|sklearn|xgboost|lightgbm|torch|optuna|hyperopt)\b"),
    "feature-store": _text(_CODE, r"Feature(?:Engineering|Store)Client", r"FeatureLookup", r"online_store"),
    "serving": _text(_ALL, r"(?:model_)?serving_endpoints", r"served_entities", r"\bai_query\s*\("),
    "monitoring": _text(_ALL, r"data_quality\.", r"quality_monitors", r"lakehouse_monitoring", r"create_monitor"),
    "sharing": _text(
        _ALL, r"\b(?:CREATE|ALTER|DROP)\s+(?:SHARE|RECIPIENT|PROVIDER)\b", r"\bdelta_sharing\b", r"^\s+shares?:",
        r"\.(?:recipients|shares)\.", r"\bcurrent_recipient\s*\(", r"\brotate_token\b",
    ),
    "governance-sql": _text(
        _ALL, r"\bGRANT\b.+\bTO\b", r"\bREVOKE\b", r"\bROW\s+FILTER\b", r"\bSET\s+MASK\b", r"\bCREATE\s+POLICY\b",
        r"\bSET\s+TAGS\b", r"^\s+grants:",
    ),
    "pii": _text(
        _ALL, r"\b(?:e_?mail|phone|ssn|passport|iban|birth_?date|date_of_birth|card_number)\b",
        r"\b(?:first|last|full)_name\b",
    ),
    "encryption": _text(_ALL, r"aes_(?:en|de)crypt", r"\bFernet\b", r"\bhmac\b", r"\bsha[12]\s*\(", r"\bmd5\s*\("),
    FACTS: lambda source: source.path.startswith(f"{LIVE}/"),
    "audit": _text(_ALL, r"\bsystem\.access\.", r"\baudit_logs?\b"),
}  # fmt: skip
