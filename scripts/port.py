"""`port.py HOST PORT`: exit 1 and say why if a server cannot listen there."""

import errno
import socket
import sys
import time


def problem(host: str, port: str) -> str:
    """Return what stands in the way, or nothing."""
    if not port.isdecimal() or not 0 < int(port) < 65536:
        return f"PORT={port} is no port number. Choose one: make run PORT=8001"
    try:
        family, *_, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError:
        return f"port {port} is for root only. Choose another: make run PORT=8001"
    except socket.gaierror as error:
        return f"HOST={host} is no address of this machine ({error.strerror})."
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            return f"HOST={host} is no address of this machine."
        return f"port {port} is taken. Choose another: make run PORT={int(port) % 65535 + 1}"
    return ""


def main() -> int:
    """Ask a few times: a server that is just ending frees its port within moments."""
    for _attempt in range(6):
        found = problem(*sys.argv[1:3])
        if "taken" not in found:
            break
        time.sleep(0.5)
    print(found, end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
