from bridge.supervisor.serve import serve
from bridge.supervisor.worker_command import WorkerCommand

__all__ = ["WorkerCommand", "serve"]
