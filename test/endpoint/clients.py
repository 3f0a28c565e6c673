"""Drives the endpoint with boto3: waiters, paginators, and an error of each service. In: its URL. Out: what was seen, as JSON."""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

url, retries = sys.argv[1], Config(retries={"max_attempts": 8, "mode": "standard"})
session = boto3.Session(aws_access_key_id="AKIDTEST", aws_secret_access_key="secret", region_name="us-east-1")
emr, serverless = (session.client(name, endpoint_url=url, config=retries) for name in ("emr", "emr-serverless"))
PACE = {"Delay": 1, "MaxAttempts": 60}


def code(call):
    try:
        call()
        return None
    except ClientError as error:
        return error.response["Error"]["Code"]


def step(name, *args):
    return {"Name": name, "ActionOnFailure": "CONTINUE", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["spark-submit", *args]}}


def fleet(kind, instance):
    return {"InstanceFleetType": kind, "TargetOnDemandCapacity": 1, "InstanceTypeConfigs": [{"InstanceType": instance}]}


seen = {}
cluster = emr.run_job_flow(
    Name="boto3", ReleaseLabel="emr-spark-8.1.0", LogUri="s3://lake/logs", ServiceRole="EMR_DefaultRole_V2", JobFlowRole="EMR_EC2_DefaultRole",
    Instances={"KeepJobFlowAliveWhenNoSteps": True, "InstanceFleets": [fleet("MASTER", "m7g.xlarge"), fleet("CORE", "r7g.xlarge")]},
)["JobFlowId"]
emr.get_waiter("cluster_running").wait(ClusterId=cluster, WaiterConfig=PACE)
good, bad = emr.add_job_flow_steps(JobFlowId=cluster, Steps=[step("good", "s3://lake/good.py"), step("bad", "s3://lake/bad.py")])["StepIds"]
emr.get_waiter("step_complete").wait(ClusterId=cluster, StepId=good, WaiterConfig=PACE)
try:
    emr.get_waiter("step_complete").wait(ClusterId=cluster, StepId=bad, WaiterConfig=PACE)
except WaiterError as error:
    seen["bad"] = error.last_response["Step"]["Status"]["State"]
many = emr.add_job_flow_steps(JobFlowId=cluster, Steps=[step(f"step {i}", "s3://lake/good.py") for i in range(60)])["StepIds"]
pages = [[s["Id"] for s in page["Steps"]] for page in emr.get_paginator("list_steps").paginate(ClusterId=cluster)]
seen["pages"] = [len(page) for page in pages]
seen["newest_first"] = sum(pages, []) == [*reversed(many), bad, good]
seen["created"] = emr.describe_step(ClusterId=cluster, StepId=good)["Step"]["Status"]["Timeline"]["CreationDateTime"].isoformat()
seen["fleets"] = [f["InstanceFleetType"] for page in emr.get_paginator("list_instance_fleets").paginate(ClusterId=cluster) for f in page["InstanceFleets"]]
emr.terminate_job_flows(JobFlowIds=[cluster])
emr.get_waiter("cluster_terminated").wait(ClusterId=cluster, WaiterConfig=PACE)
seen["unknown_cluster"] = code(lambda: emr.describe_cluster(ClusterId="j-NONE"))

application = serverless.create_application(releaseLabel="emr-spark-8.1.0", type="SPARK", name="boto3")["applicationId"]
request = {"applicationId": application, "executionRoleArn": "arn:aws:iam::123456789012:role/job", "jobDriver": {"sparkSubmit": {"entryPoint": "s3://lake/good.py"}}}
runs = [serverless.start_job_run(**request, clientToken=token)["jobRunId"] for token in ("a", "b", "c", "a")]
seen["same_token"] = runs[0] == runs[3]
pages = serverless.get_paginator("list_job_runs").paginate(applicationId=application, PaginationConfig={"PageSize": 2})
seen["runs"] = [len(page["jobRuns"]) for page in pages]
seen["conflict"] = code(lambda: serverless.start_job_run(**request, clientToken="a", name="other"))
seen["unknown_application"] = code(lambda: serverless.get_application(applicationId="00none"))
print(json.dumps(seen))
