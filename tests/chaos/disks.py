"""Small disks of memory (tmpfs), and a file that takes their last byte.

Mounting needs root; without it nothing is mounted, and the report says that full disks were not tried.
"""
import errno
import os
import subprocess

BALLAST = "ballast"
PIECE_BYTES = 1 << 20


class Disk:
    def __init__(self, folder, mebibytes):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dm,mode=755" % mebibytes,
                               "jumun-chaos", folder], capture_output=True, text=True)
        self.is_mounted = done.returncode == 0

    def fill(self):
        """Not a byte is left when this returns."""
        with open(os.path.join(self.folder, BALLAST), "wb", buffering=0) as file:
            for piece in (PIECE_BYTES, 4096, 1):
                try:
                    while file.write(b"\1" * piece):
                        pass
                except OSError as trouble:
                    if trouble.errno != errno.ENOSPC:
                        raise

    def free(self):
        if os.path.exists(os.path.join(self.folder, BALLAST)):
            os.remove(os.path.join(self.folder, BALLAST))

    def unmount(self):
        if self.is_mounted:
            subprocess.run(["umount", self.folder], capture_output=True, check=False)
