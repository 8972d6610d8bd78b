"""Runs the installed `naftiko` far from any checkout: the packaged demo answers, schemas and error pages are there."""

import json
import subprocess
import sys
import tempfile
import urllib.request

BROKEN = "naftiko: 1.0.0-alpha2\ncapability:\n  exposes: []\n  consume: []\n"


def check(condition: bool, what: str) -> None:
    if not condition:
        sys.exit(f"smoke: {what}")
    print(f"ok: {what}")


def main(naftiko: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = subprocess.run([naftiko, "explain", "NK3001"], cwd=folder, capture_output=True, text=True, check=True)
        check("NK3001" in page.stdout, "error pages travel in the wheel")
        judged = subprocess.run(
            [naftiko, "validate", "/dev/stdin", "--format", "json"],
            cwd=folder,
            input=BROKEN,
            capture_output=True,
            text=True,
            check=False,
        )
        check(judged.returncode == 1 and json.loads(judged.stdout), "schemas travel in the wheel")
        command = [naftiko, "run", "--demo", "--port", "0", "--log-format", "json"]
        with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as server:
            try:
                assert server.stderr is not None
                ready = next(event for line in server.stderr if (event := json.loads(line))["event"] == "ready")
                url = next(entry["url"] for entry in ready["urls"] if entry["kind"] == "rest")
                with urllib.request.urlopen(f"{url.rstrip('/')}/hello/Ada", timeout=10) as answer:
                    check(json.load(answer)["greeting"] == "Hello Ada", "the packaged demo answers")
            finally:
                server.terminate()
        check(server.returncode == 0, "SIGTERM ends it with 0")


if __name__ == "__main__":
    main(sys.argv[1])
