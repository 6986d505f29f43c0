"""One thread a process, as the command runs: two would only slow small tensors, and may round otherwise."""

from src.command.environment import set_up

set_up()  # before numerical libraries load

import torch  # noqa: E402 (it is one of them)

torch.set_num_threads(1)
