"""The networks of the comparison as PyTorch modules: the same layers, names and order of parameters as DeepGen's.

MODULES has a function for each name that benchmarks/DeepGen.Benchmarks/Compare/Workloads.cs asks for.
"""

import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from lenet5_train import lenet5


def mlp():
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))


class BasicBlock(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        if stride == 1 and inputs == width:
            self.downsample = None
        else:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        y += x if self.downsample is None else self.downsample(x)
        return self.relu(y)


class ResNet20(nn.Module):
    """For images of 32x32, with projections as shortcuts where the shape changes."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = nn.Sequential(*[BasicBlock(16, 16, 1) for _ in range(3)])
        self.layer2 = nn.Sequential(BasicBlock(16, 32, 2), BasicBlock(32, 32, 1), BasicBlock(32, 32, 1))
        self.layer3 = nn.Sequential(BasicBlock(32, 64, 2), BasicBlock(64, 64, 1), BasicBlock(64, 64, 1))
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.relu(self.bn1(self.conv1(x))))))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class OnnxLrn(torch.autograd.Function):
    """Local response normalization that is exported as ONNX's own operator, which is faster there than the pieces that PyTorch would export."""

    @staticmethod
    def forward(context, x, size):
        return F.local_response_norm(x, size)

    @staticmethod
    def symbolic(graph, x, size):
        return graph.op("LRN", x, size_i=size, alpha_f=1e-4, beta_f=0.75, bias_f=1.0).setType(x.type())


class LocalResponseNorm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size

    def forward(self, x):
        return OnnxLrn.apply(x, self.size) if torch.onnx.is_in_onnx_export() else F.local_response_norm(x, self.size)


def rectified(inputs, outputs, size, **options):
    return nn.Sequential(nn.Conv2d(inputs, outputs, size, **options), nn.ReLU(inplace=True))


class Inception(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, pool):
        super().__init__()
        self.branch1 = rectified(inputs, one, 1)
        self.branch2 = nn.Sequential(rectified(inputs, reduce3, 1), rectified(reduce3, three, 3, padding=1))
        self.branch3 = nn.Sequential(rectified(inputs, reduce5, 1), rectified(reduce5, five, 5, padding=2))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, 1, 1), rectified(inputs, pool, 1))

    def forward(self, x):
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


def googlenet():
    """Szegedy et al. 2014: with local response normalization and 5x5 convolutions, which torchvision's does not have."""

    def pool():
        return nn.MaxPool2d(3, 2, ceil_mode=True)

    return nn.Sequential(
        rectified(3, 64, 7, stride=2, padding=3), pool(), LocalResponseNorm(5),
        rectified(64, 64, 1), rectified(64, 192, 3, padding=1), LocalResponseNorm(5), pool(),
        Inception(192, 64, 96, 128, 16, 32, 32),
        Inception(256, 128, 128, 192, 32, 96, 64), pool(),
        Inception(480, 192, 96, 208, 16, 48, 64),
        Inception(512, 160, 112, 224, 24, 64, 64),
        Inception(512, 128, 128, 256, 24, 64, 64),
        Inception(512, 112, 144, 288, 32, 64, 64),
        Inception(528, 256, 160, 320, 32, 128, 128), pool(),
        Inception(832, 256, 160, 320, 32, 128, 128),
        Inception(832, 384, 192, 384, 48, 128, 128),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.4), nn.Linear(1024, 1000))


def twice(inputs, width):
    return nn.Sequential(rectified(inputs, width, 3), rectified(width, width, 3))


class UNetLevel(nn.Module):
    """One level of the U, with all levels below it."""

    def __init__(self, inputs, width, depth):
        super().__init__()
        self.down = twice(inputs, width)
        if depth == 0:
            self.below = None
            self.dropout = nn.Dropout()
        else:
            self.pool = nn.MaxPool2d(2)
            self.below = UNetLevel(width, 2 * width, depth - 1)
            self.up = nn.ConvTranspose2d(2 * width, width, 2, 2)
            self.join = twice(2 * width, width)

    def forward(self, x):
        x = self.down(x)
        if self.below is None:
            return self.dropout(x)
        up = self.up(self.below(self.pool(x)))
        top, left = (x.shape[2] - up.shape[2]) // 2, (x.shape[3] - up.shape[3]) // 2
        x = x[:, :, top:top + up.shape[2], left:left + up.shape[3]]
        return self.join(torch.cat([x, up], 1))


def unet():
    return nn.Sequential(UNetLevel(1, 64, 4), nn.Conv2d(64, 2, 1))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(256, 256, 2, batch_first=True)
        self.dense = nn.Linear(256, 10)

    def forward(self, x):
        return self.dense(self.lstm(x)[0][:, -1])


class TextCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(18765, 300, padding_idx=0)
        self.convolutions = nn.ModuleList(nn.Conv1d(300, 100, width) for width in (3, 4, 5))
        self.dropout = nn.Dropout()
        self.dense = nn.Linear(300, 2)

    def forward(self, words):
        sentence = self.embedding(words).transpose(1, 2)
        strongest = [F.relu(convolution(sentence)).amax(2) for convolution in self.convolutions]
        return self.dense(self.dropout(torch.cat(strongest, 1)))


def dcgan_generator():
    layers = [nn.Unflatten(1, (100, 1, 1)), nn.ConvTranspose2d(100, 512, 4, bias=False), nn.BatchNorm2d(512), nn.ReLU(inplace=True)]
    for width in (256, 128, 64):
        layers += [nn.ConvTranspose2d(2 * width, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.ConvTranspose2d(64, 3, 4, 2, 1, bias=False), nn.Tanh())


def dcgan_discriminator():
    layers = [nn.Conv2d(3, 64, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)]
    for width in (128, 256, 512):
        layers += [nn.Conv2d(width // 2, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.LeakyReLU(0.2, inplace=True)]
    return nn.Sequential(*layers, nn.Conv2d(512, 1, 4, bias=False), nn.Flatten())


class Product(nn.Module):
    def forward(self, a, b):
        return torch.mm(a, b)


class Convolution(nn.Module):
    def forward(self, x, weight):
        return F.conv2d(x, weight, padding=1)


MODULES = {
    "lenet5": lenet5,
    "mlp": mlp,
    "resnet18": lambda: torchvision.models.resnet18(weights=None),
    "resnet20": ResNet20,
    "resnet50": lambda: torchvision.models.resnet50(weights=None),
    "googlenet": googlenet,
    "vgg16": lambda: torchvision.models.vgg16(weights=None, init_weights=False),
    "unet": unet,
    "lstm": Lstm,
    "textcnn": TextCnn,
    "dcgan_generator": dcgan_generator,
    "dcgan_discriminator": dcgan_discriminator,
    "product": Product,
    "convolution": Convolution,
}
