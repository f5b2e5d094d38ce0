#!/usr/bin/env python3
"""PyTorch's side of `DeepGen.Benchmarks compare`: reads one JSON request a line, answers one JSON line.

Requests (field "do"):
  describe                          -> {"version", "threads"}
  load     weights, input, labels   -> {}            weights: safetensors of DeepGen's LeNet-5; input: floats [n,1,28,28]; labels: int32 [n]
  outputs  batch, steps             -> {"logits", "losses"}   logits of the loaded weights, losses of training steps from there; the weights are restored
  images   input, labels            -> {}            training images for `epoch`
  run      workload, batch, count   -> {"seconds"}   of `count` runs of step | predict | epoch | mm

Started by the command, one process for each setting of OMP_NUM_THREADS and OMP_WAIT_POLICY. Written for PyTorch 1.13.
"""

import json
import math
import struct
import sys
import time

import numpy
import torch
from torch import nn

from lenet5_train import lenet5

NAMES = {"0": "Conv2d1", "3": "Conv2d2", "7": "Dense1", "9": "Dense2", "11": "Dense3"}


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        tensors[name] = numpy.frombuffer(data[8 + length + begin:8 + length + end], numpy.float32).reshape(entry["shape"]).copy()
    return tensors


def read_samples(request):
    input_ = torch.from_numpy(numpy.fromfile(request["input"], numpy.float32).reshape(-1, 1, 28, 28))
    labels = torch.from_numpy(numpy.fromfile(request["labels"], numpy.int32).astype(numpy.int64))
    return input_, labels


class Peer:
    def describe(self, request):
        return {"version": torch.__version__, "threads": torch.get_num_threads()}

    def load(self, request):
        weights = read_safetensors(request["weights"])
        self.net = lenet5()
        state = {name: torch.from_numpy(weights[f"{NAMES[name.split('.')[0]]}.{name.split('.')[1]}"]) for name in self.net.state_dict()}
        self.net.load_state_dict(state)
        self.state = {name: value.clone() for name, value in state.items()}
        self.input, self.labels = read_samples(request)
        self.a, self.b = torch.rand(1024, 1024) - 0.5, torch.rand(1024, 1024) - 0.5
        self.product = torch.empty(1024, 1024)
        self.restart()
        return {}

    def restart(self):
        self.net.load_state_dict(self.state)
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.01, momentum=0.9)

    def step(self, x, y):
        self.optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(self.net(x), y)
        loss.backward()
        self.optimizer.step()
        return loss

    def outputs(self, request):
        x, y = self.input[:request["batch"]], self.labels[:request["batch"]]
        self.restart()
        with torch.inference_mode():
            logits = self.net(x).flatten().tolist()
        losses = [self.step(x, y).item() for _ in range(request["steps"])]
        self.restart()
        return {"logits": logits, "losses": losses}

    def images(self, request):
        self.images_x, self.images_y = read_samples(request)
        self.adam = torch.optim.Adam(self.net.parameters(), lr=1e-3)
        return {}

    def epoch(self, batch):
        """One epoch as lenet5_train.py trains it."""
        steps = math.ceil(len(self.images_x) / batch)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self.adam, steps)
        total = 0.0
        for indices in torch.randperm(len(self.images_x)).split(batch):
            self.adam.zero_grad(set_to_none=True)
            loss = nn.functional.cross_entropy(self.net(self.images_x[indices]), self.images_y[indices])
            loss.backward()
            self.adam.step()
            schedule.step()
            total += loss.item() * len(indices)
        for group in self.adam.param_groups:
            group["lr"] = group["initial_lr"]

    def run(self, request):
        workload, batch, count = request["workload"], request["batch"], request["count"]
        x, y = self.input[:batch], self.labels[:batch]
        start = time.perf_counter()
        if workload == "step":
            for _ in range(count):
                self.step(x, y)
        elif workload == "predict":
            with torch.inference_mode():
                for _ in range(count):
                    self.net(x)
        elif workload == "epoch":
            for _ in range(count):
                self.epoch(batch)
        elif workload == "mm":
            for _ in range(count):
                torch.mm(self.a, self.b, out=self.product)
        else:
            raise ValueError(f"unknown workload {workload}")
        return {"seconds": time.perf_counter() - start}


def main():
    peer = Peer()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(peer, request["do"])(request)
        except Exception as error:  # told to the other side, which ends the comparison with it
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
