"""The model: a small network of PyTorch, which scales its own input and stops early on the validation part."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import torch
from mlflow.models import infer_signature
from mlflow.models.model import ModelInfo
from torch import nn

from .rows import FEATURES, LABEL, Parts

SEED = 7
EPOCHS = 300
PATIENCE = 30
Value = bool | float | int | str
PARAMETERS: dict[str, Value] = {"hidden": 16, "learning_rate": 0.01, "weight_decay": 1e-4, "dropout": 0.1, "seed": SEED}


class Model(nn.Module):
    """Probabilities from raw features; means and scales are those of the training part and are stored with it."""

    def __init__(self, means: torch.Tensor, scales: torch.Tensor, hidden: int, dropout: float) -> None:
        """The network before training; missing values are taken as the mean."""
        super().__init__()
        self.register_buffer("means", means)
        self.register_buffer("scales", scales)
        self.layers = nn.Sequential(nn.Linear(len(means), hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, 1))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """How likely the label of each row is 1, as one column."""
        return torch.sigmoid(self.logits(features))

    def logits(self, features: torch.Tensor) -> torch.Tensor:
        """What the loss is computed from, which is steadier than probabilities are."""
        scaled = (features - self.means) / self.scales
        return self.layers(torch.nan_to_num(scaled, nan=0.0))


def fitted(parts: Parts, parameters: Mapping[str, Value]) -> Model:
    """The network as it was in the epoch that was best on the validation part."""
    torch.manual_seed(int(parameters["seed"]))
    features, labels = _tensors(parts.training)
    held, held_labels = _tensors(parts.validation)
    means, scales = _moments(parts.training)
    model = Model(means, scales, int(parameters["hidden"]), float(parameters["dropout"]))
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=float(parameters["learning_rate"]), weight_decay=float(parameters["weight_decay"])
    )
    loss_of = nn.BCEWithLogitsLoss()
    best, best_state, waited = float("inf"), copy.deepcopy(model.state_dict()), 0
    for _ in range(EPOCHS):
        model.train()
        optimizer.zero_grad()
        loss_of(model.logits(features), labels).backward()
        optimizer.step()
        model.eval()
        with torch.no_grad():
            loss = float(loss_of(model.logits(held), held_labels))
        waited += 1
        if loss < best:
            best, best_state, waited = loss, copy.deepcopy(model.state_dict()), 0
        if waited == PATIENCE:
            break
    model.load_state_dict(best_state)
    return model.eval()


def probabilities(model: Model, rows: pd.DataFrame) -> np.ndarray:
    """How likely the label of each row is 1."""
    with torch.no_grad():
        return model(_tensors(rows)[0]).numpy()[:, 0]


def logged(model: Model, example: pd.DataFrame) -> ModelInfo:
    """The model in the run that is open, with signature and example; it answers with the probability of 1."""
    return mlflow.pytorch.log_model(
        model,
        name="model",
        input_example=example,
        signature=infer_signature(example, probabilities(model, example).reshape(-1, 1)),
        # The format pt2 has no names of columns, and a request with its columns swapped would be answered.
        serialization_format="pickle",
        code_paths=[str(Path(__file__).parent)],  # the class of the network has to be there when it is loaded
        pip_requirements=[f"torch=={torch.__version__.partition('+')[0]}", f"pandas=={pd.__version__}"],
    )


def _tensors(rows: pd.DataFrame) -> tuple[torch.Tensor, torch.Tensor]:
    features = torch.from_numpy(rows[FEATURES].to_numpy(dtype=np.float32))
    labels = rows[LABEL] if LABEL in rows.columns else pd.Series(np.nan, index=rows.index)
    return features, torch.from_numpy(labels.to_numpy(dtype=np.float32)).reshape(-1, 1)


def _moments(rows: pd.DataFrame) -> tuple[torch.Tensor, torch.Tensor]:
    means, scales = rows[FEATURES].mean().fillna(0.0), rows[FEATURES].std().fillna(1.0).replace(0.0, 1.0)
    return (
        torch.from_numpy(means.to_numpy(dtype=np.float32)),
        torch.from_numpy(scales.to_numpy(dtype=np.float32)),
    )
