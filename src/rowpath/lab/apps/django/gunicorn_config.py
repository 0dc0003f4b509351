"""gunicorn's settings, named so that it does not read a gunicorn.conf.py from where we stand."""

worker_class = "sync"
# A request for the whole table takes minutes, and the worker's heartbeat stands still meanwhile.
timeout = 0
graceful_timeout = 5
# Its control socket would lie at a path that all servers of a user share.
control_socket_disable = True
