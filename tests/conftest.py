"""One thread a process, as the command runs: two would only slow small tensors, and may round otherwise."""

import torch

torch.set_num_threads(1)
