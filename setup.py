"""What the wheel has beside the package: the app's templates, static files and server settings.

They stand beside it in a checkout, and in backprop/web/site where it is installed. Left out
are copies that are compressed ahead, which are made again in memory, and the fonts for previews of
links. What is large is packed more tightly than a wheel can (web/assets.py unpacks it).
"""

import lzma
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SITE = ("templates", "static")
LARGE = 500_000  # bytes


class WithTheSite(build_py):
    """Builds the package, and puts the app's files into it."""

    def run(self) -> None:
        """Copy both."""
        super().run()
        if self.editable_mode:
            return
        site = Path(self.build_lib, "backprop/web/site")
        shutil.rmtree(site, ignore_errors=True)
        for folder in SITE:
            shutil.copytree(folder, site / folder, ignore=shutil.ignore_patterns("*.gz", "*.ttf"))
        shutil.copy("gunicorn.conf.py", site)
        for file in site.rglob("*.js"):
            if file.stat().st_size > LARGE:
                file.with_name(f"{file.name}.xz").write_bytes(lzma.compress(file.read_bytes()))
                file.unlink()


setup(cmdclass={"build_py": WithTheSite})
