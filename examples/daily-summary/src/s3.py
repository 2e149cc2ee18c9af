"""A bucket over plain HTTP with AWS Signature 4: list, read, write. For more than that, `pip install boto3`."""

import hashlib
import hmac
import os
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timezone
from urllib.parse import quote, urlsplit


class Bucket:
    """A folder of a bucket; names are relative to it. Endpoint and keys come from the AWS_* variables."""

    def __init__(self, name, folder=()):
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or f"https://s3.{os.environ['AWS_REGION']}.amazonaws.com"
        self.url = f"{endpoint.rstrip('/')}/{name}"
        self.folder = "".join(part.strip("/") + "/" for part in folder if part)

    def list(self, page_size=1000):
        """The names of all objects, sorted."""
        after = ""
        while True:
            query = {"list-type": "2", "max-keys": str(page_size), "prefix": self.folder, "start-after": after}
            with self._send("GET", "", query) as response:
                page = ElementTree.parse(response).getroot()
            keys = [key.text for key in page.iterfind("{*}Contents/{*}Key")]
            yield from (key[len(self.folder) :] for key in keys)
            if page.findtext("{*}IsTruncated") != "true":
                return
            after = keys[-1]

    def lines(self, name):
        """The lines of an object, as bytes, without ever holding all of them."""
        with self._send("GET", self.folder + name) as response:
            yield from response

    def put(self, name, body, content_type):
        self._send("PUT", self.folder + name, body=body, content_type=content_type).close()

    def _send(self, method, key, query=None, body=None, content_type=None):
        path = quote("/" + key) if key else ""
        search = "&".join(f"{quote(name, '')}={quote(value, '')}" for name, value in sorted((query or {}).items()))
        url = f"{self.url}{path}" + (f"?{search}" if search else "")
        request = urllib.request.Request(url, data=body, method=method, headers=sign(method, url, body))
        if content_type:
            request.add_header("Content-Type", content_type)
        try:
            return urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as error:
            raise OSError(f"{method} {url}: {error.code} {error.read(1000).decode(errors='replace')}") from None


def sign(method, url, body):
    """The headers that sign a request: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html"""
    parts = urlsplit(url)
    now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{now[:8]}/{os.environ['AWS_REGION']}/s3/aws4_request"
    digest = hashlib.sha256(body or b"").hexdigest()
    signed = {"host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": now}
    names = ";".join(signed)
    headers = "".join(f"{name}:{value}\n" for name, value in signed.items())
    canonical = "\n".join([method, parts.path, parts.query, headers, names, digest])
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{os.environ['AWS_SECRET_ACCESS_KEY']}".encode()
    for part in [*scope.split("/"), text]:
        key = hmac.digest(key, part.encode(), "sha256")
    credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
    authorization = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={key.hex()}"
    return {**signed, "authorization": authorization}
