"""Starts cowrie in the foreground, in the current folder, with one door opened.

cowrie's wget, curl and tftp refuse every address that is not public. That list is in its code (cowrie.core.network) and no
setting changes it. The file that the attacker downloads lies on 127.0.0.1, so this one address is let through; all else is
as released: every other private address stays refused, and so does a redirect to one.
"""
import sys

import cowrie.core.network as network
from twisted.scripts.twistd import run

LOOPBACK = "127.0.0.1"
refused = network._is_blocked

network._is_blocked = lambda address: str(address) != LOOPBACK and refused(address)
logger = "cowrie.python.logfile.stdoutLogger"
sys.argv = ["twistd", "--nodaemon", "--umask=0022", "--pidfile=", "--logger", logger, "cowrie"]
run()
