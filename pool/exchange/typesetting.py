"""Setting a document: reads a source and its values as JSON from standard input, writes the PDF to standard output.

Runs as a program of its own, so that the memory of the typesetter goes with it and a failure of it is only that.
"""

import json
import sys
from typing import Literal

# PDF/UA-1: tagged, with language and title; the typesetter refuses what cannot be one.
STANDARD: Literal["ua-1"] = "ua-1"
ARGUMENT = "values"


def main() -> None:
    """Set the document; whatever goes wrong ends the program with a message on standard error."""
    import typst  # reason: only here, where a PDF is made

    given = json.loads(sys.stdin.buffer.read())
    document = typst.compile(
        given["source"].encode(),
        sys_inputs={ARGUMENT: json.dumps(given["values"], ensure_ascii=False)},
        pdf_standards=[STANDARD],
        # Only the fonts inside the package: the same bytes on every machine, nothing to install.
        ignore_system_fonts=True,
    )
    sys.stdout.buffer.write(document)


if __name__ == "__main__":
    main()
