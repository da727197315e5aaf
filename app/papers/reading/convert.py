"""Convert one file: run as a process of its own, with limits, on one file.

``python -m app.papers.reading.convert REQUEST`` writes what the request asks for into its folder
and prints a ConversionResult. Whoever it is run for treats a crash, a timeout and an exhausted
limit alike: the file cannot be read.
"""

import resource
import sys

from app.core.document_types import PDF
from app.papers.reading import results
from app.papers.reading.results import ConversionRequest


def main() -> None:
    """Convert the file that the argument names."""
    request = ConversionRequest.loaded(sys.argv[1])
    limit()
    # Each needs libraries that take longer to load than a small file takes to convert.
    if request.media_type == PDF:
        from app.papers.reading import documents

        result = documents.pages(request) if request.first else documents.read(request)
    else:
        from app.papers.reading import pictures

        result = pictures.read(request)
    print(result.dumped())


def limit(largest_file: int = results.LARGEST_COPY) -> None:
    """Limit what this process may use, for good; ``largest_file`` in bytes."""
    for name, most in (
        (resource.RLIMIT_AS, results.MEMORY),
        (resource.RLIMIT_CPU, results.SECONDS),
        (resource.RLIMIT_FSIZE, largest_file),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (most, most))


if __name__ == "__main__":
    main()
