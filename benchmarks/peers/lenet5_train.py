#!/usr/bin/env python3
"""Trains the LeNet-5 of examples/LeNet5 with PyTorch: the same network, data, split, normalization and schedule.

    python3 benchmarks/peers/lenet5_train.py [--data DIR] [--epochs N] [--batch N] [--threads N] [--seed N]

Prints the seconds of every epoch (training only: forward, loss, backward, update; no validation), then the median and
the sum over the epochs and the accuracy on the test set. Written for PyTorch 1.13 (Debian: python3-torch, python3-numpy).
"""

import argparse
import gzip
import math
import pathlib
import statistics
import sys
import time

import numpy
import torch
from torch import nn

EMBEDDED = pathlib.Path(__file__).resolve().parents[2] / "examples" / "LeNet5" / "data"


def read_idx(folder, name):
    """An IDX file of unsigned bytes, gzipped or not, as an array of its shape."""
    plain, packed = folder / name, folder / (name + ".gz")
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else plain.read_bytes()
    if data[:3] != b"\0\0\x08":
        sys.exit(f"{folder / name}: not an IDX file of unsigned bytes")
    rank = data[3]
    shape = numpy.frombuffer(data, ">u4", rank, 4).astype(int)
    return numpy.frombuffer(data, numpy.uint8, -1, 4 + 4 * rank).reshape(shape)


def load(folder):
    sets = []
    for part in ("train", "t10k"):
        images = read_idx(folder, f"{part}-images-idx3-ubyte").astype(numpy.float32) / 255
        labels = read_idx(folder, f"{part}-labels-idx1-ubyte").astype(numpy.int64)
        sets.append((images[:, None], labels))
    (x, y), (test_x, test_y) = sets
    return x, y, test_x, test_y


def split(labels, share):
    """The last `share` of every class is held out for validation: the split of examples/LeNet5."""
    held = numpy.zeros(len(labels), bool)
    for c in range(10):
        of_class = numpy.flatnonzero(labels == c)
        held[of_class[len(of_class) - int(round(len(of_class) * share)):]] = True
    return ~held, held


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))


def initialize(net):
    """Xavier for the weights and zero for the biases, as examples/LeNet5 does before a tanh."""
    for layer in net:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)


@torch.no_grad()
def evaluate(net, x, y):
    logits = torch.cat([net(part) for part in x.split(256)])
    return nn.functional.cross_entropy(logits, y).item(), (logits.argmax(1) == y).float().mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, default=EMBEDDED)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--decay", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--validation", type=float, default=0.1)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    x, y, test_x, test_y = load(arguments.data)
    train, held = split(y, arguments.validation)
    mean, deviation = x[train].mean(), x[train].std()
    x, test_x = ((part - mean) / deviation for part in (x, test_x))
    x, y, test_x, test_y = map(torch.from_numpy, (x, y, test_x, test_y))
    held_x, held_y, x, y = x[held], y[held], x[train], y[train]

    net = lenet5()
    initialize(net)
    optimizer = torch.optim.AdamW(net.parameters(), lr=arguments.rate, weight_decay=arguments.decay)
    steps = arguments.epochs * math.ceil(len(x) / arguments.batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    seconds, highest, kept = [], 0.0, None
    for epoch in range(1, arguments.epochs + 1):
        start = time.perf_counter()
        total = 0.0
        for indices in torch.randperm(len(x)).split(arguments.batch):
            optimizer.zero_grad(set_to_none=True)
            loss = nn.functional.cross_entropy(net(x[indices]), y[indices])
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(indices)
        seconds.append(time.perf_counter() - start)
        loss, accuracy = evaluate(net, held_x, held_y) if len(held_x) else (math.nan, 0.0)
        # The one-standard-error rule of examples/LeNet5: the last epoch that is not clearly worse than the best.
        if accuracy >= highest - math.sqrt(highest * (1 - highest) / max(1, len(held_x))):
            highest = max(highest, accuracy)
            kept = (epoch, {name: value.clone() for name, value in net.state_dict().items()})
        print(f"epoch {epoch:3d}  loss {total / len(x):.4f}  validation loss {loss:.4f}  accuracy {accuracy:.4f}  "
              f"{seconds[-1]:.3f} s  {len(x) / seconds[-1]:.0f} images/s")
    net.load_state_dict(kept[1])
    print(f"threads {arguments.threads}  median {statistics.median(seconds):.4f} s per epoch  sum {sum(seconds):.3f} s  kept epoch {kept[0]}")
    print(f"test accuracy {evaluate(net, test_x, test_y)[1]:.4f}")


if __name__ == "__main__":
    main()
