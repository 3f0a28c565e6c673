"""What a Java that stays up must be given before a program, and must forget after it: settings, environment, files.

In: settings and environment of a spark-submit. Out: a JVM that a new SparkContext meets as if it had just been started.
Never here: class path, memory and Java options, which no running JVM can change.
"""

import os

from pyspark.core.context import SparkContext


def configure(settings, program, env):
    """A new SparkContext takes its settings from the JVM's system properties, as after a spark-submit of its own."""
    SparkContext._ensure_initialized()
    system = SparkContext._jvm.java.lang.System
    for name in [name for name in system.getProperties().stringPropertyNames() if name.startswith("spark.")]:
        system.clearProperty(name)
    submitted = {"spark.app.name": os.path.basename(program), "spark.master": "local[*]", "spark.submit.deployMode": "client", "spark.submit.pyFiles": ""}
    for name, value in {**submitted, **settings}.items():
        system.setProperty(name, value)
    environment = java_environment(SparkContext._jvm)
    environment.clear()
    environment.putAll(env)


def java_environment(jvm):
    """The map behind System.getenv, where SDKs look for keys, regions and endpoints. Java has no door to it, and Spark opens
    its packages to reflection in any case."""
    of = jvm.java.lang.Class.forName
    shown = opened(of("java.lang.ProcessEnvironment"), "theUnmodifiableEnvironment").get(None)
    return opened(of("java.util.Collections$UnmodifiableMap"), "m").get(shown)


def opened(owner, name):
    field = owner.getDeclaredField(name)
    field.setAccessible(True)
    return field


def fetched(uri, folder):
    """Path of a program or one of its archives on this machine, as spark-submit fetches what is given by URI."""
    if "://" not in uri:
        return uri
    jvm = SparkContext._jvm
    conf = jvm.org.apache.spark.deploy.SparkHadoopUtil.get().newConfiguration(jvm.org.apache.spark.SparkConf())
    source = jvm.org.apache.hadoop.fs.Path(uri)
    target = os.path.join(folder, os.path.basename(uri))
    source.getFileSystem(conf).copyToLocalFile(source, jvm.org.apache.hadoop.fs.Path("file://" + target))
    return target


def announced(archives):
    """To the session, which puts them on Python's path once more."""
    SparkContext._jvm.java.lang.System.setProperty("spark.submit.pyFiles", ",".join(archives))
    return archives


def forget():
    """The end of a program's JVM: its session, and every file system with the endpoint and the keys that it was opened by."""
    if SparkContext._active_spark_context is not None:
        SparkContext._active_spark_context.stop()
    if SparkContext._jvm is not None:
        SparkContext._jvm.org.apache.hadoop.fs.FileSystem.closeAll()
