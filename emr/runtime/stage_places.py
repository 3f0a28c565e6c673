"""Files of a stage, on the local file system or as objects on S3: one set of verbs for both.

In: a local path, a file: URI or an s3:// URI. Out: bytes, sizes, whole files.
Never here: what the files mean. Objects go through the Hadoop file system of the session, which is there on every
engine and has the engine's own credentials; boto3 need not be.
"""

import concurrent.futures
import errno
import json
import os
import re
import shutil
import urllib.parse

from py4j.protocol import Py4JJavaError

SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:")
OBJECT = re.compile(r"^s3[an]?://")
COPIES_AT_ONCE = 8
COPY_BUFFER = 1 << 20


class UnsupportedUri(Exception):
    """A place that this runner cannot write to or read from yet."""


def is_object(uri):
    return OBJECT.match(uri) is not None


def local_path(uri):
    """Absolute path of a place on the local file system; refuses every other scheme in one way."""
    if uri.startswith("file:"):
        return urllib.parse.unquote(urllib.parse.urlparse(uri).path)
    if SCHEME.match(uri):
        raise UnsupportedUri(f"only local paths, file: and s3:// URIs are supported so far, not {uri}")
    return os.path.abspath(uri)


def object_key(uri):
    """(bucket, key)"""
    bucket, _, key = OBJECT.sub("", uri).partition("/")
    return bucket, key


def encoded(value):
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def files_at(uri, spark):
    """The verbs for a place."""
    return ObjectFiles(spark) if is_object(uri) else LocalFiles()


class LocalFiles:
    # How Spark meets a folder that is there.
    mode = "errorifexists"

    def path(self, uri):
        return local_path(uri)

    def for_spark(self, path):
        return "file://" + path

    def read(self, path):
        with open(path, "rb") as file:
            return file.read()

    def write(self, path, data):
        """So that a reader sees the old file or the new one, never a part of it."""
        part = path + ".part"
        with open(part, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)

    def put(self, local, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copyfile(local, path)

    def sizes(self, folder):
        return {entry.name: entry.stat().st_size for entry in os.scandir(folder)}

    def remove_tree(self, folder):
        shutil.rmtree(folder, ignore_errors=True)

    # ---- a folder that counts only when it is whole -------------------------------------------------------

    def begin(self, directory):
        """(where Spark writes, where the files stand until the folder is whole)"""
        part = directory + ".part"
        shutil.rmtree(part, ignore_errors=True)
        os.makedirs(os.path.dirname(directory), exist_ok=True)
        return part, part

    def settle(self, part, folder, names):
        """Gives the files of `names` (old: new) their names, and leaves nothing else."""
        for old, new in names.items():
            os.rename(os.path.join(part, old), os.path.join(folder, new))
        for entry in os.listdir(folder):
            if entry not in names.values():
                os.remove(os.path.join(folder, entry))

    def finish(self, folder, directory, manifest):
        self.write(os.path.join(folder, "manifest.json"), encoded(manifest))
        shutil.rmtree(directory, ignore_errors=True)
        os.rename(folder, directory)


class ObjectFiles:
    # A folder on S3 may outlast its files, as a marker that was not removed with them.
    mode = "overwrite"

    def __init__(self, spark):
        self.jvm = spark._jvm
        self.conf = spark._jsc.hadoopConfiguration()

    def path(self, uri):
        return uri.rstrip("/")

    def for_spark(self, path):
        return path

    def at(self, uri):
        """(file system, Hadoop path)"""
        path = self.jvm.org.apache.hadoop.fs.Path(uri)
        return path.getFileSystem(self.conf), path

    def read(self, uri):
        system, path = self.at(uri)
        with missing_as_python(uri):
            stream = system.open(path)
            try:
                return bytes(stream.readAllBytes())
            finally:
                stream.close()

    def write(self, uri, data):
        """One PUT when it is closed: the object appears whole."""
        system, path = self.at(uri)
        stream = system.create(path, True)
        stream.write(bytearray(data))
        stream.close()

    def put(self, local, uri):
        system, path = self.at(uri)
        system.copyFromLocalFile(False, True, self.jvm.org.apache.hadoop.fs.Path("file://" + local), path)

    def fetch(self, uri, local):
        """To the disk of the driver."""
        system, path = self.at(uri)
        with missing_as_python(uri):
            stream = system.open(path)
        # Closes both, also when it fails.
        self.jvm.org.apache.hadoop.io.IOUtils.copyBytes(stream, self.jvm.java.io.FileOutputStream(local), COPY_BUFFER, True)

    def sizes(self, folder):
        system, path = self.at(folder)
        with missing_as_python(folder):
            return {f.getPath().getName(): f.getLen() for f in system.listStatus(path) if f.isFile()}

    def remove_tree(self, folder):
        system, path = self.at(folder)
        system.delete(path, True)

    # ---- a folder that counts only when it is whole -------------------------------------------------------

    def begin(self, directory):
        """The manifest goes first: without it nobody takes what is left for an export."""
        self.remove_tree(directory + "/manifest.json")
        self.remove_tree(directory)
        self.remove_tree(directory + ".part")
        return directory + ".part", directory

    def settle(self, part, folder, names):
        """S3 knows no renaming: each segment is copied within the service, some at once."""
        if names:
            system, target = self.at(folder)
            system.mkdirs(target)
        with concurrent.futures.ThreadPoolExecutor(max_workers=COPIES_AT_ONCE) as pool:
            for done in [pool.submit(self.move, f"{part}/{old}", f"{folder}/{new}") for old, new in names.items()]:
                done.result()
        self.remove_tree(part)

    def move(self, source, target):
        system, path = self.at(source)
        if not system.rename(path, self.jvm.org.apache.hadoop.fs.Path(target)):
            raise OSError(errno.EIO, f"could not be moved to {target}", source)

    def finish(self, folder, directory, manifest):
        self.write(directory + "/manifest.json", encoded(manifest))


class missing_as_python:
    """What Java says of an absent file, as Python says it."""

    def __init__(self, uri):
        self.uri = uri

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, Py4JJavaError) and error.java_exception.getClass().getName() == "java.io.FileNotFoundException":
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self.uri) from error
        return False


class Scratch:
    """
    Room for what only one stage needs while it runs; the same for every attempt, so nothing piles up. `folder` is
    where Spark reads, executors included; `local` is on the driver's disk. On one computer they are the same.
    """

    def __init__(self, folder, files, local):
        self.folder = folder
        self.files = files
        self.local = local

    def clear(self):
        shutil.rmtree(self.local, ignore_errors=True)
        if self.folder != self.local:
            self.files.remove_tree(self.folder)

    def path(self, name):
        """A place on the driver's disk, its folder made."""
        os.makedirs(self.local, exist_ok=True)
        return os.path.join(self.local, name)

    def share(self, name):
        """What Spark calls a file of `local`, once it is where executors can read it."""
        local = os.path.join(self.local, name)
        if self.folder == self.local:
            return "file://" + local
        self.files.put(local, f"{self.folder}/{name}")
        os.remove(local)
        return f"{self.folder}/{name}"
