"""As much of Kubernetes' API as takes jobs; a job runs at once, on this machine."""

import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Cluster:
    """Serves the API while its `with` block lasts; `jobs` holds the manifests of all that were submitted, by name."""

    def __init__(self):
        self.jobs, self.running = {}, {}
        cluster = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.answer(cluster.submit(json.loads(self.rfile.read(int(self.headers["Content-Length"])))))

            def do_GET(self):
                *_, name, last = self.path.split("/")
                assert last == "status"
                self.answer({"metadata": {"name": name}, "status": cluster.status(name)})

            def answer(self, content):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(content).encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        for process in self.running.values():
            process.wait()

    @property
    def kubeconfig(self):
        host, port = self.server.server_address
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "here", "cluster": {"server": f"http://{host}:{port}"}}],
            "users": [{"name": "me", "user": {}}],
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
            "current-context": "here",
        }

    def submit(self, manifest):
        name = f"{manifest['metadata']['generateName']}{len(self.jobs)}"
        manifest["metadata"]["name"] = name
        self.jobs[name] = manifest
        container = container_of(manifest)
        self.running[name] = subprocess.Popen(container["command"], cwd=container["workingDir"])
        return manifest

    def status(self, name):
        exit_code = self.running[name].poll()
        return {"active": 1} if exit_code is None else {"failed": 1} if exit_code else {"succeeded": 1}


def container_of(manifest):
    (container,) = manifest["spec"]["template"]["spec"]["containers"]
    return container
