"""What an office program makes of a Word file: converted to PDF by LibreOffice."""

import os
import shutil
import subprocess

import pytest

ALIASES = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><include ignore_missing="yes">{base}</include>{aliases}</fontconfig>"""
FACES = {
    "仿宋_GB2312": ("FandolFang R", "Noto Serif CJK SC"),
    "楷体_GB2312": ("FandolKai", "Noto Serif CJK SC"),
    "方正小标宋简体": ("Noto Serif CJK SC",),
    "黑体": ("Noto Sans CJK SC",),
    "宋体": ("Noto Serif CJK SC",),
}


def converted(data, folder):
    """The file as PDF, the official names of fonts led to what is there; skips without the program."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    aliases = "".join(
        f'<alias binding="same"><family>{name}</family><accept>'
        + "".join(f"<family>{face}</family>" for face in faces)
        + "</accept></alias>"
        for name, faces in FACES.items()
    )
    base = os.environ.get("FONTCONFIG_FILE", "/etc/fonts/fonts.conf")
    config = folder / "fonts.conf"
    config.write_text(ALIASES.format(base=base, aliases=aliases), encoding="utf-8")
    (folder / "paper.docx").write_bytes(data)
    subprocess.run(
        [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
         "--outdir", str(folder), str(folder / "paper.docx")],
        env={**os.environ, "HOME": str(folder), "FONTCONFIG_FILE": str(config)},
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    return (folder / "paper.pdf").read_bytes()
