#!/usr/bin/env python3
"""PyTorch's side of `DeepGen.Benchmarks compare` and `memory`: reads one JSON request a line, answers one JSON line.

Requests (field "do"):
  describe                                -> {"version"}
  load     modules, weights, inputs,      -> {"parameters"}  modules of networks.py, one file of weights (safetensors) each; inputs and targets
           targets, kind, optimizer,         are raw files with shape and type; kind is predict | step | adversarial; layout is contiguous or
           rate, layout                      channels_last; "parameters" counts numbers that are trained
  outputs  file                           -> {}           writes the outputs in inference mode as floats
  losses   steps                          -> {"losses"}   of training steps from the loaded weights, which are restored
  restart                                 -> {}           back to the loaded weights, with a new optimizer
  export   file                           -> {}           the module as ONNX, opset 13, with the batch of the inputs
  run      count                          -> {"seconds"}  of so many predictions or steps together
  memory   steps                          -> {"before", "peak", "seconds"}  bytes resident before the network and at most; seconds of the first step; in place of load
  unload                                  -> {}

Started by the command, one process for each setting of OMP_NUM_THREADS and OMP_WAIT_POLICY. Written for PyTorch 1.13.
"""

import gc
import json
import struct
import sys
import time
import warnings

import numpy
import torch
from torch.nn import functional as F

import networks

TYPES = {"float": numpy.float32, "int": numpy.int32}


def read_safetensors(path):
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = numpy.fromfile(path, numpy.float32, (end - begin) // 4, offset=8 + length + begin)
            tensors[name] = torch.from_numpy(values.reshape(entry["shape"]))
    return tensors


def load_weights(module, path):
    """By name where all names are the same, otherwise in order; shapes must be the same in any case."""
    given = read_safetensors(path)
    own = {name: value for name, value in module.state_dict().items() if not name.endswith("num_batches_tracked")}
    if set(given) != set(own):
        if len(given) != len(own):
            raise ValueError(f"{path} has {len(given)} tensors, the module {len(own)}")
        given = dict(zip(own, given.values()))
    with torch.no_grad():
        for name, value in own.items():
            if value.shape != given[name].shape:
                raise ValueError(f"{name} is {list(value.shape)} here and {list(given[name].shape)} in {path}")
            value.copy_(given[name])


def read_tensors(descriptions):
    tensors = [torch.from_numpy(numpy.fromfile(d["file"], TYPES[d["type"]]).reshape(d["shape"])) for d in descriptions]
    return [tensor.long() if tensor.dtype == torch.int32 else tensor for tensor in tensors]


def status(field):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(field))


class Task:
    """A network and what it computes on: predictions, or training steps with the cross-entropy."""

    def __init__(self, request):
        self.training = request["kind"] != "predict"
        self.request = request
        self.format = torch.channels_last if request["layout"] == "channels_last" else torch.contiguous_format
        self.nets = [networks.MODULES[name]() for name in request["modules"]]
        for net, path in zip(self.nets, request["weights"]):
            load_weights(net, path)
        self.nets = [self.laid_out(net.to(memory_format=self.format)) for net in self.nets]
        self.inputs = [self.laid_out(x) for x in read_tensors(request["inputs"])]
        self.targets = read_tensors(request["targets"])
        self.kept = None
        self.begin()

    def laid_out(self, value):
        return value.contiguous(memory_format=self.format) if isinstance(value, torch.Tensor) and value.dim() == 4 else value

    def begin(self):
        rate = self.request["rate"]
        self.optimizers = []
        for net in self.nets:
            net.train(self.training)
            parameters = list(net.parameters())
            if self.training and self.request["optimizer"] == "adam":
                self.optimizers.append(torch.optim.Adam(parameters, lr=rate, foreach=True))
            elif self.training:
                self.optimizers.append(torch.optim.SGD(parameters, lr=rate, momentum=0.9, foreach=True))

    def keep(self):
        self.kept = [{name: value.clone() for name, value in net.state_dict().items()} for net in self.nets]

    def restart(self):
        for net, state in zip(self.nets, self.kept):
            net.load_state_dict(state)
        self.begin()

    def parameters(self):
        return sum(p.numel() for net in self.nets for p in net.parameters())

    def predict(self):
        with torch.inference_mode():
            return self.nets[0](*self.inputs)

    def outputs(self):
        """What the network predicts, as one array."""
        for net in self.nets:
            net.eval()
        result = self.predicted()
        for net in self.nets:
            net.train(self.training)
        return result

    def predicted(self):
        return self.predict().contiguous().numpy().ravel()

    def step(self):
        self.optimizers[0].zero_grad(set_to_none=True)
        loss = F.cross_entropy(self.nets[0](*self.inputs), self.targets[0])
        loss.backward()
        self.optimizers[0].step()
        return loss

    def run(self):
        return self.step() if self.training else self.predict()


class Adversarial(Task):
    """A generator and a discriminator: one step of the discriminator on real and generated images, then one of the generator. Inputs are noise and real images."""

    def predicted(self):
        with torch.inference_mode():
            images = self.nets[0](self.inputs[0])
            return numpy.concatenate([images.contiguous().numpy().ravel(), self.nets[1](self.inputs[1]).numpy().ravel()])

    def step(self):
        (generator, discriminator), (noise, real) = self.nets, self.inputs
        d_optimizer, g_optimizer = self.optimizers[1], self.optimizers[0]
        d_optimizer.zero_grad(set_to_none=True)
        verdict = discriminator(real)
        loss = F.binary_cross_entropy_with_logits(verdict, torch.ones_like(verdict))
        loss.backward()
        images = generator(noise)
        verdict = discriminator(images.detach())
        fake_loss = F.binary_cross_entropy_with_logits(verdict, torch.zeros_like(verdict))
        fake_loss.backward()
        d_optimizer.step()
        # The gradients of the discriminator's parameters are not wanted here, and not computed.
        for parameter in discriminator.parameters():
            parameter.requires_grad_(False)
        g_optimizer.zero_grad(set_to_none=True)
        verdict = discriminator(images)
        deceived = F.binary_cross_entropy_with_logits(verdict, torch.ones_like(verdict))
        deceived.backward()
        g_optimizer.step()
        for parameter in discriminator.parameters():
            parameter.requires_grad_(True)
        return loss.detach() + fake_loss.detach() + deceived.detach()


def make(request):
    return (Adversarial if request["kind"] == "adversarial" else Task)(request)


class Peer:
    task = None

    def describe(self, request):
        return {"version": torch.__version__}

    def load(self, request):
        self.task = make(request)
        self.task.keep()
        return {"parameters": self.task.parameters()}

    def unload(self, request):
        self.task = None
        gc.collect()
        return {}

    def restart(self, request):
        self.task.restart()
        return {}

    def outputs(self, request):
        self.task.outputs().astype(numpy.float32).tofile(request["file"])
        return {}

    def losses(self, request):
        losses = [self.task.step().item() for _ in range(request["steps"])]
        self.task.restart()
        return {"losses": losses}

    def export(self, request):
        self.task.nets[0].eval()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(self.task.nets[0], tuple(self.task.inputs), request["file"], opset_version=13, input_names=[f"x{i}" for i in range(len(self.task.inputs))], output_names=["y"])
        self.task.nets[0].train(self.task.training)
        return {}

    def run(self, request):
        task, count = self.task, request["count"]
        start = time.perf_counter()
        for _ in range(count):
            task.run()
        return {"seconds": time.perf_counter() - start}

    def memory(self, request):
        before = status("VmRSS")
        task = make(request)
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        start = time.perf_counter()
        task.run()
        seconds = time.perf_counter() - start
        for _ in range(request["steps"] - 1):
            task.run()
        return {"before": before, "peak": status("VmHWM"), "seconds": seconds}


def main():
    peer = Peer()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(peer, request["do"])(request)
        except Exception as error:  # told to the other side, which ends the workload with it
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
