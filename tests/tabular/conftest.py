"""Fixtures of the table tests: the real files, and workbooks built part by part."""

import io
import os
import zipfile
from pathlib import Path

import pytest

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.fixture(scope="session")
def real_data() -> Path:
    root = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("CMO_REAL_DATA") or root.parent / "shared" / "data")
    if not (folder / "scms").is_dir():
        pytest.skip(f"the real data are not at {folder}; set CMO_REAL_DATA to their folder")
    return folder


def package(
    rows: str,
    *,
    strings: str | None = None,
    styles: str | None = None,
    sheets: dict[str, str] | None = None,
    states: dict[str, str] | None = None,
    prefix: str = "",
    compress: int = zipfile.ZIP_DEFLATED,
    date1904: bool = False,
    parts: dict[str, bytes | str] | None = None,
) -> io.BytesIO:
    """A minimal workbook; `rows` is what stands inside <sheetData> of the first sheet."""
    sheets = {"Data": rows, **(sheets or {})}
    tabs = rels = ""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compress) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{RELS}"><Relationship Id="r" Type="{OFFICE}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        )
        for i, (title, content) in enumerate(sheets.items(), 1):
            state = (states or {}).get(title)
            tabs += f'<sheet name="{title}" sheetId="{i}" r:id="s{i}"' + (f' state="{state}"' if state else "") + "/>"
            rels += f'<Relationship Id="s{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            p = prefix
            space = f"xmlns:{p[:-1]}" if p else "xmlns"
            archive.writestr(
                f"xl/worksheets/sheet{i}.xml",
                f'<{p}worksheet {space}="{MAIN}"><{p}sheetData>{content}</{p}sheetData></{p}worksheet>',
            )
        if strings is not None:
            archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{strings}</sst>')
            rels += f'<Relationship Id="st" Type="{OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
        if styles is not None:
            archive.writestr("xl/styles.xml", f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>')
            rels += f'<Relationship Id="sy" Type="{OFFICE}/styles" Target="styles.xml"/>'
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{RELS}">{rels}</Relationships>')
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(date1904)}"/>'
            f"<sheets>{tabs}</sheets></workbook>",
        )
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    buffer.seek(0)
    return buffer


@pytest.fixture(scope="session")
def make_package():
    return package
