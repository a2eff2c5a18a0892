"""Networks of the zoo as PyTorch modules, written from the papers, with torchvision's names."""

import torch
from torch import nn
from torch.nn import functional as F


class LeNet5(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )  # fmt: skip


class BasicBlock(nn.Module):
    def __init__(self, channels, width, stride, projection):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.more = (width - channels) // 2
        self.stride = stride
        if projection and (stride != 1 or channels != width):
            self.downsample = nn.Sequential(
                nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width)
            )
        else:
            self.downsample = None

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.downsample is not None:
            return F.relu(y + self.downsample(x))
        around = x[:, :, :: self.stride, :: self.stride]
        return F.relu(y + F.pad(around, (0, 0, 0, 0, self.more, self.more)))


def stage(channels, width, stride, blocks, projection):
    rest = [BasicBlock(width, width, 1, projection) for _ in range(1, blocks)]
    return nn.Sequential(BasicBlock(channels, width, stride, projection), *rest)


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = stage(16, 16, 1, 3, False)
        self.layer2 = stage(16, 32, 2, 3, False)
        self.layer3 = stage(32, 64, 2, 3, False)
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.linear(self.layer3(self.layer2(self.layer1(x))).mean((2, 3)))


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        widths = [64, 64, 128, 256, 512]
        for i in (1, 2, 3, 4):
            layer = stage(widths[i - 1], widths[i], 1 if i == 1 else 2, 2, True)
            setattr(self, f"layer{i}", layer)
        self.fc = nn.Linear(512, 1000)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


def conv_bn_relu6(channels, out, kernel, stride=1, groups=1):
    conv = nn.Conv2d(channels, out, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(out), nn.ReLU6())


class InvertedResidual(nn.Module):
    def __init__(self, channels, out, stride, expansion):
        super().__init__()
        hidden = channels * expansion
        widen = [] if expansion == 1 else [conv_bn_relu6(channels, hidden, 1)]
        self.conv = nn.Sequential(
            *widen,
            conv_bn_relu6(hidden, hidden, 3, stride, hidden),
            nn.Conv2d(hidden, out, 1, bias=False),
            nn.BatchNorm2d(out),
        )
        self.around = stride == 1 and channels == out

    def forward(self, x):
        return x + self.conv(x) if self.around else self.conv(x)


class MobileNetV2(nn.Module):
    def __init__(self):
        super().__init__()
        table = [
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
            (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
        ]  # fmt: skip
        features, channels = [conv_bn_relu6(3, 32, 3, 2)], 32
        for expansion, out, count, stride in table:
            for i in range(count):
                features.append(InvertedResidual(channels, out, stride if i == 0 else 1, expansion))
                channels = out
        features.append(conv_bn_relu6(320, 1280, 1))
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, 1000))

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


def randomized(module, seed=0):
    """Return it in float64, with running statistics and scales away from their first values."""
    generator = torch.Generator().manual_seed(seed)
    module = module.double()
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            for array in (part.running_var, part.weight.data):
                array.uniform_(0.5, 1.5, generator=generator)
            for array in (part.running_mean, part.bias.data):
                array.normal_(0, 0.1, generator=generator)
    return module
