"""Passwords of sources, by reference: an environment variable, or an entry of AWS Secrets Manager.

In: the JdbcSource of a step. Out: the password, once a stage and reference; the redactor knows it from then on.
Never here: a secret in a message, a setting or a file.
"""

import json
import os

from py4j.java_gateway import JavaPackage
from py4j.protocol import Py4JJavaError

from stage_failures import StageRefusal


class Secrets:
    def __init__(self, redactor):
        self.redactor = redactor
        self.known = {}

    def expect(self, sources):
        """What is in the environment already may turn up in any message."""
        self.redactor.add(*(os.environ.get(s["password_env"], "") for s in sources if s.get("password_env")))

    def password(self, spark, source):
        if source.get("password_env"):
            return from_environment(source)
        reference = source["password_secret"]
        if reference["id"] not in self.known:
            self.known[reference["id"]] = fetched(spark, reference)
            self.redactor.add(self.known[reference["id"]])
        password = entry(self.known[reference["id"]], reference)
        self.redactor.add(password)
        return password


def from_environment(source):
    password = os.environ.get(source["password_env"])
    if password is None:
        raise StageRefusal("source", f"the environment variable {source['password_env']} is not set, which should hold the "
                                     f"password of {source['user']}", {"password_env": source["password_env"]})
    return password


def refused(reference, why, cause):
    return StageRefusal("source", f"the secret {reference['id']} {why}", {"secret": reference["id"], "key": reference.get("key"), "cause": cause})


def entry(text, reference):
    key = reference.get("key")
    if key is None:
        return text
    try:
        value = json.loads(text)[key]
    except (ValueError, KeyError, TypeError):
        raise refused(reference, f"has no entry {key}", "entry") from None
    if not isinstance(value, (str, int)):
        raise refused(reference, f"has no text under {key}", "entry")
    return str(value)


def fetched(spark, reference):
    """By boto3 where there is one that knows its region and credentials, else by the SDK of the session's JVM."""
    for way in (by_boto3, by_java):
        text = way(spark, reference)
        if text is not None:
            return text
    raise refused(reference, "cannot be read: neither boto3 nor the AWS SDK for Java is here to ask Secrets Manager", "no-client")


def region_of(reference):
    """The secret's own, else the environment's; None: whatever the SDK finds."""
    parts = reference["id"].split(":")
    own = parts[3] if parts[0] == "arn" and len(parts) > 3 else None
    return own or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")


def answer(reference, text):
    if text is None:
        raise refused(reference, "holds bytes, not text", "entry")
    return text


def by_boto3(_, reference):
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError
    except ImportError:
        return None
    try:
        client = boto3.client("secretsmanager", region_name=region_of(reference))
        found = client.get_secret_value(SecretId=reference["id"])
    except (NoRegionError, NoCredentialsError):
        return None
    except ClientError as error:
        told = error.response["Error"]
        raise refused(reference, f"cannot be read: {told.get('Code')}: {told.get('Message')}", told.get("Code")) from None
    except BotoCoreError as error:
        raise refused(reference, f"cannot be read: {error}", "unreachable") from None
    return answer(reference, found.get("SecretString"))


def by_java(spark, reference):
    aws = spark._jvm.software.amazon.awssdk
    client = aws.services.secretsmanager.SecretsManagerClient
    if isinstance(client, JavaPackage):
        return None
    builder = client.builder()
    for http in (aws.http.apache.ApacheHttpClient, aws.http.urlconnection.UrlConnectionHttpClient):
        # Named, because the SDK refuses to choose between two that are there.
        if not isinstance(http, JavaPackage):
            builder.httpClientBuilder(http.builder())
            break
    region = region_of(reference)
    if region:
        builder.region(aws.regions.Region.of(region))
    endpoint = os.environ.get("AWS_ENDPOINT_URL_SECRETS_MANAGER") or os.environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        builder.endpointOverride(spark._jvm.java.net.URI.create(endpoint))
    request = aws.services.secretsmanager.model.GetSecretValueRequest.builder().secretId(reference["id"]).build()
    try:
        return answer(reference, builder.build().getSecretValue(request).secretString())
    except Py4JJavaError as error:
        java = error.java_exception
        name = java.getClass().getSimpleName()
        raise refused(reference, f"cannot be read: {name}: {java.getMessage()}", name) from None
