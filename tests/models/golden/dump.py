"""What PyTorch makes of the same weights and batches: dump.py FILE writes golden.safetensors for golden_test.cpp.

Networks that train for ten steps with every optimizer, in f64 and f32; layers forward and backward, under the names of their state
dicts; schedules; clipped gradients. Fixed seeds: the same numbers each time.
"""
import json
import pathlib
import struct
import sys

import numpy as np
import torch
from torch import nn

STEPS = 10
TENSORS = {}
TYPES = {"float64": "F64", "float32": "F32", "int64": "I64"}


def put(name, tensor):
    values = tensor.detach().numpy() if isinstance(tensor, torch.Tensor) else np.asarray(tensor, np.float64)
    TENSORS[name] = np.array(values, order="C")  # a copy; steps write their parameters


def write(path):
    header, offset = {}, 0
    for name, array in sorted(TENSORS.items(), key=lambda item: -item[1].itemsize):
        header[name] = {"dtype": TYPES[str(array.dtype)], "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    data = b"".join(array.tobytes() for _, array in sorted(TENSORS.items(), key=lambda item: -item[1].itemsize))
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def mlp():
    return nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 8), nn.Sigmoid(), nn.Linear(8, 3))


def cnn():
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 2 * 2, 3))


OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.05),
    "sgd_decay": lambda p: torch.optim.SGD(p, lr=0.05, weight_decay=0.01),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, dampening=0.1),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.01),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.05),
    "lbfgs": lambda p: torch.optim.LBFGS(p, lr=0.2, max_iter=4, history_size=5),
    # Three iterations: with four, PyTorch 1.13 and 2.6 are 3e-5 apart in f32, which is the problem's and nobody's mistake.
    "lbfgs_wolfe": lambda p: torch.optim.LBFGS(p, lr=1, max_iter=3, history_size=5, line_search_fn="strong_wolfe"),
}


def train(name, make, shape):
    for dtype, suffix in ((torch.float64, "f64"), (torch.float32, "f32")):
        torch.manual_seed(1)
        start = {k: v.clone() for k, v in make().to(dtype).state_dict().items()}
        x, y = torch.randn(STEPS, *shape, dtype=dtype), torch.randn(STEPS, shape[0], 3, dtype=dtype)
        key = f"{name}.{suffix}"
        put(f"{key}/x", x)
        put(f"{key}/y", y)
        for k, v in start.items():
            put(f"{key}/start/{k}", v)
        for optimizer_name, make_optimizer in OPTIMIZERS.items():
            net = make().to(dtype)
            net.load_state_dict(start)
            optimizer = make_optimizer(net.parameters())
            losses = []
            for i in range(STEPS):
                # L-BFGS sees one batch, as it needs one function.
                k = 0 if "lbfgs" in optimizer_name else i

                def closure():
                    optimizer.zero_grad()
                    loss = ((net(x[k]) - y[k]) ** 2).mean()
                    loss.backward()
                    return loss

                losses.append(float(optimizer.step(closure)))
            put(f"{key}/{optimizer_name}/loss", losses)
            for k, v in net.state_dict().items():
                put(f"{key}/{optimizer_name}/end/{k}", v)


def layer(name, module, *inputs, mode="train"):
    """A layer's output on `inputs`, and the gradients of the sum of the squares of what it gives."""
    torch.manual_seed(2)
    module = module.double()
    for parameter in module.parameters():  # norms start at ones and zeros, which hides mistakes
        nn.init.uniform_(parameter, -1, 1)
    for k, v in module.state_dict().items():
        put(f"layer/{name}/state/{k}", v)
    module.train(mode == "train")
    inputs = [i if i.dtype == torch.int64 else i.double().requires_grad_() for i in inputs]
    for i, tensor in enumerate(inputs):
        put(f"layer/{name}/input/{i}", tensor)
    outputs = module(*inputs)
    flat = []

    def collect(value):
        if isinstance(value, torch.Tensor):
            flat.append(value)
        else:
            for one in value:
                collect(one)

    collect(outputs)
    sum((o * o).sum() for o in flat).backward()
    for i, tensor in enumerate(flat):
        put(f"layer/{name}/output/{i}", tensor)
    for k, v in module.named_parameters():
        put(f"layer/{name}/gradient/{k}", v.grad)
    for k, v in module.named_buffers():
        put(f"layer/{name}/after/{k}", v)
    if inputs[0].grad is not None:
        put(f"layer/{name}/input_gradient", inputs[0].grad)


def layers():
    torch.manual_seed(3)
    r = torch.randn
    layer("linear", nn.Linear(5, 3), r(2, 4, 5))
    layer("linear_no_bias", nn.Linear(5, 3, bias=False), r(4, 5))
    layer("conv1d", nn.Conv1d(4, 6, 3, padding=2, dilation=2, groups=2), r(2, 4, 9))
    layer("conv2d", nn.Conv2d(3, 5, (3, 2), stride=(2, 1), padding=(1, 0)), r(2, 3, 7, 6))
    layer("conv3d", nn.Conv3d(2, 3, 2), r(2, 2, 3, 4, 5))
    layer("conv_transpose2d", nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), r(2, 4, 5, 4))
    layer("batch_norm1d", nn.BatchNorm1d(4), r(6, 4))
    layer("batch_norm2d", nn.BatchNorm2d(3, eps=1e-3, momentum=0.3), r(4, 3, 5, 2))
    norm = nn.BatchNorm2d(3)
    norm.running_mean.uniform_(-1, 1)
    norm.running_var.uniform_(0.5, 2)
    layer("batch_norm2d_eval", norm, r(4, 3, 5, 2), mode="eval")
    layer("layer_norm", nn.LayerNorm((3, 4)), r(5, 3, 4))
    layer("group_norm", nn.GroupNorm(2, 6), r(3, 6, 4, 2))
    layer("instance_norm2d", nn.InstanceNorm2d(3, affine=True), r(2, 3, 4, 5))
    layer("embedding", nn.Embedding(7, 3), torch.tensor([[1, 6, 1], [0, 2, 2]]))
    layer("gru_cell", nn.GRUCell(4, 3), r(2, 4), r(2, 3))
    layer("lstm_cell", nn.LSTMCell(4, 3), r(2, 4))
    layer("gru", nn.GRU(4, 3, num_layers=2, bidirectional=True), r(5, 2, 4), r(4, 2, 3))
    layer("gru_plain", nn.GRU(4, 3, bias=False), r(5, 2, 4))
    layer("lstm", nn.LSTM(4, 3, num_layers=2, bidirectional=True), r(5, 2, 4))


def schedules():
    def rates(make):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.9)
        schedule, result = make(optimizer), []
        for _ in range(30):
            result.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        return result

    s = torch.optim.lr_scheduler
    put("schedule/step", rates(lambda o: s.StepLR(o, 7, 0.5)))
    put("schedule/multistep", rates(lambda o: s.MultiStepLR(o, [3, 9, 9, 20], 0.3)))
    put("schedule/exponential", rates(lambda o: s.ExponentialLR(o, 0.9)))
    put("schedule/cosine", rates(lambda o: s.CosineAnnealingLR(o, 29, 0.001)))
    put("schedule/warmup", rates(lambda o: s.LinearLR(o, 0.2, 1.0, 10)))
    put("schedule/one_cycle", rates(lambda o: s.OneCycleLR(o, 0.1, total_steps=31)))
    torch.manual_seed(4)
    losses = torch.rand(60).double() + torch.linspace(1, 0, 60).double()
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    plateau, result = s.ReduceLROnPlateau(optimizer, factor=0.5, patience=3, cooldown=2, threshold=1e-2, min_lr=1e-3), []
    for loss in losses:
        plateau.step(float(loss))
        result.append(optimizer.param_groups[0]["lr"])
    put("schedule/plateau_losses", losses)
    put("schedule/plateau", result)


def clipping():
    torch.manual_seed(5)
    parameters = [torch.randn(3, 2, requires_grad=True), torch.randn(4, requires_grad=True)]
    for i, parameter in enumerate(parameters):
        parameter.grad = torch.randn_like(parameter)
        put(f"clip/gradient/{i}", parameter.grad)
    put("clip/norm", torch.nn.utils.clip_grad_norm_(parameters, 0.7))
    for i, parameter in enumerate(parameters):
        put(f"clip/clipped/{i}", parameter.grad)


torch.set_num_threads(1)
train("mlp", mlp, (8, 4))
train("cnn", cnn, (6, 2, 8, 8))
layers()
schedules()
clipping()
write(pathlib.Path(sys.argv[1]))
print(f"{len(TENSORS)} tensors of torch {torch.__version__}")
