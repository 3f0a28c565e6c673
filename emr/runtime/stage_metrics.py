"""What a statement cost, asked of Spark's own status store, which works with the UI off.

In: a block of work under a job group. Out: statementMetrics and progress events.
Never here: a guess; what Spark does not tell is null or 0.
"""

import contextlib
import resource
import sys
import threading
import time


class Meter:
    def __init__(self, spark, output):
        self.spark = spark
        self.sc = spark.sparkContext
        self.output = output
        self.statements = []
        self.groups = 0

    @contextlib.contextmanager
    def statement(self, statement_id):
        """Runs one statement under its own job group. The block puts rows, bytes, files into the yielded dict."""
        self.groups += 1
        group = f"carelake-{self.groups}"
        written = {"rows": None, "bytes": None, "files": None}
        self.sc.setJobGroup(group, statement_id)
        self.output.emit("statement-started", statement=statement_id)
        start = time.monotonic()
        with self.progress(group, statement_id):
            yield written
        seconds = time.monotonic() - start
        metrics = {"id": statement_id, "seconds": round(seconds, 3), **written, **self.sums(group)}
        self.statements.append(metrics)
        self.output.emit("statement-finished", metrics=metrics)

    @contextlib.contextmanager
    def progress(self, group, statement_id):
        done = threading.Event()
        thread = threading.Thread(target=self.watch, args=(group, statement_id, done), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(5)

    def watch(self, group, statement_id, done):
        tracker = self.sc.statusTracker()
        last = None
        while not done.wait(1.0):
            try:
                stages = {s for j in tracker.getJobIdsForGroup(group) if (job := tracker.getJobInfo(j)) for s in job.stageIds}
                infos = [i for s in stages if (i := tracker.getStageInfo(s))]
            except Exception:  # Spark is going down: the statement itself will say so
                return
            now = (sum(i.numCompletedTasks for i in infos), sum(i.numTasks for i in infos))
            if now != last and not done.is_set():
                self.output.emit("progress", statement=statement_id, tasks_done=now[0], tasks=now[1])
            last = now

    def sums(self, group):
        """Sums over the stages of a job group. The listener bus is behind the work, so it is drained first."""
        jvm = self.sc._jsc.sc()
        jvm.listenerBus().waitUntilEmpty(10000)
        store = jvm.statusStore()
        total = dict.fromkeys(("input_bytes", "input_rows", "shuffle_write_bytes", "memory_spilled_bytes",
                               "disk_spilled_bytes", "peak_execution_memory_bytes", "tasks"), 0)
        run_ms = cpu_ns = 0
        for stage in self.stage_ids(group):
            data = self.last_attempt(store, stage)
            if data is None or data.numCompleteTasks() == 0:
                continue
            total["input_bytes"] += data.inputBytes()
            total["input_rows"] += data.inputRecords()
            total["shuffle_write_bytes"] += data.shuffleWriteBytes()
            total["memory_spilled_bytes"] += data.memoryBytesSpilled()
            total["disk_spilled_bytes"] += data.diskBytesSpilled()
            total["peak_execution_memory_bytes"] = max(total["peak_execution_memory_bytes"], data.peakExecutionMemory())
            total["tasks"] += data.numCompleteTasks()
            run_ms += data.executorRunTime()
            cpu_ns += data.executorCpuTime()
        return {**total, "executor_run_seconds": round(run_ms / 1e3, 3), "executor_cpu_seconds": round(cpu_ns / 1e9, 3)}

    def stage_ids(self, group):
        tracker = self.sc.statusTracker()
        return sorted({s for j in tracker.getJobIdsForGroup(group) if (job := tracker.getJobInfo(j)) for s in job.stageIds})

    def last_attempt(self, store, stage):
        try:
            return store.lastStageAttempt(stage)
        except Exception:  # a stage that was skipped because its shuffle was there has no attempt
            return None

    def jvm_peak(self):
        """Bytes: the memory pools of the driver's JVM, each at its own peak."""
        factory = self.sc._jvm.java.lang.management.ManagementFactory
        return sum(pool.getPeakUsage().getUsed() for pool in factory.getMemoryPoolMXBeans() if pool.isValid())

    def executor_peak(self):
        """Bytes: the heap of the executor that used most, as its heartbeats told; 0 when the driver's JVM does all."""
        store, most = self.sc._jsc.sc().statusStore(), 0
        executors = store.executorList(False)
        for i in range(executors.size()):
            executor = executors.apply(i)
            if executor.id() != "driver" and executor.peakMemoryMetrics().isDefined():
                most = max(most, executor.peakMemoryMetrics().get().getMetricValue("JVMHeapMemory"))
        return most


def python_peak():
    """Bytes: greatest resident set of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
