"""A PostgreSQL table with a growing key as a temporary view of text columns.

In: JdbcSource of stage.json with its password, resolved by stage_secrets. Out: the view, and the key bounds for the report.
Never here: the password in a message; a write to the source.

Nothing lost, nothing twice. The load takes keys above `after` (greatest key in main, so decided by what is
visible, not by what was tried) up to `upto` = max(key) asked at the start. Keys grow, but transactions commit
in any order: when `upto` is visible, a smaller key may still sit in an open transaction, would be missed now and
lie below the next load's bound. Such a key was drawn by an INSERT that began before `upto` was committed. An INSERT
locks its table (ROW EXCLUSIVE) before it draws a key and keeps the lock until its transaction ends. So: read
max(key), then look who holds such a lock, then wait until each of those has ended; later ones draw keys above
`upto`. Waiting by lock and not by transaction id passes over long transactions that have nothing to do with this
table, and catches one that has drawn a key but has no id yet. Where locks say nothing (a view, a standby server)
the wait is by transaction id: until pg_current_snapshot() shows no transaction below the xmax of the moment.
Keys drawn ahead and used later (sequences with CACHE above 1, keys handed out by an application) break the
promise of a growing key; no reader can mend that.
"""

import re
import time

from py4j.protocol import Py4JJavaError
from pyspark.sql import functions as F

from stage_failures import StageRefusal

WAIT_SECONDS = 60
FETCH = "10000"
PLAIN = re.compile(r"^[a-z_][a-z0-9_$]*$")
KEY = "source_key"

FAMILY = """with recursive down as (
  select %s::regclass::oid as oid union select i.inhrelid from pg_inherits i join down d on i.inhparent = d.oid),
up as (select oid from down union select i.inhparent from pg_inherits i join up u on i.inhrelid = u.oid)"""
HOLDERS = FAMILY + """
select distinct coalesce(l.virtualtransaction, '') || '|' || coalesce(l.pid::text, 'prepared')
from pg_locks l join up on l.relation = up.oid
where l.locktype = 'relation' and l.granted and l.pid is distinct from pg_backend_pid()
  and l.database = (select oid from pg_database where datname = current_database())
  and l.mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')"""


def ident(name):
    return '"' + name.replace('"', '""') + '"'


def table_name(text):
    if '"' in text:
        return text
    return ".".join(part if PLAIN.match(part) else ident(part) for part in text.split("."))


def literal(text):
    return "'" + text.replace("'", "''") + "'"


class Connection:
    """Plain questions to the database, outside of Spark jobs. The driver is called by its class: DriverManager
    does not see classes of the application's jars."""

    def __init__(self, spark, source):
        self.source = source
        jvm = spark._jvm
        properties = jvm.java.util.Properties()
        for key, value in connection_properties(source).items():
            properties.setProperty(key, value)
        try:
            self.connection = jvm.org.postgresql.Driver().connect(source["url"], properties)
        except Py4JJavaError as error:
            raise refused(source, error.java_exception) from None

    def rows(self, sql):
        statement = self.connection.createStatement()
        try:
            result = statement.executeQuery(sql)
            width = result.getMetaData().getColumnCount()
            found = []
            while result.next():
                found.append(tuple(result.getString(i + 1) for i in range(width)))
            return found
        finally:
            statement.close()

    def columns(self, table):
        """Column name → declared not null."""
        statement = self.connection.createStatement()
        try:
            meta = statement.executeQuery(f"select * from {table} limit 0").getMetaData()
            return {meta.getColumnName(i): meta.isNullable(i) == 0 for i in range(1, meta.getColumnCount() + 1)}
        finally:
            statement.close()

    def close(self):
        self.connection.close()


def refused(source, error):
    """Denied: the server answers, but knows no such user or password (28) or does not let the user in (42501)."""
    state = (error.getSQLState() if error.getClass().getName().endswith("PSQLException") else None) or ""
    cause = "denied" if state.startswith("28") or state == "42501" else "failed"
    return StageRefusal("source", error.getMessage() or error.getClass().getName(),
                        {"connection": cause, "sql_state": state, "url": source["url"], "user": source["user"]})


def connection_properties(source):
    return {"user": source["user"], "password": source["password"], "ApplicationName": "carelake", "connectTimeout": "20",
            "defaultRowFetchSize": FETCH}


def jdbc_view(spark, source, target, year):
    if not source["url"].startswith("jdbc:postgresql:"):
        raise StageRefusal("source", f"only jdbc:postgresql: sources can be read so far, not {source['url']}", {"url": source["url"]})
    after = None
    if source["incremental"]:
        after = spark.sql(f"select max({KEY}) from {target} where year = {year}").collect()[0][0]
    connection = Connection(spark, source)
    try:
        low, upto, waited = bounds(connection, source, after)
    finally:
        connection.close()
    view(spark, source, ranges(low, upto, source["partitions"])).createOrReplaceTempView(source["view"])
    return {"kind": "jdbc", "table": source["table"], "key": source["key"], "incremental": source["incremental"],
            "after": after, "first": low, "upto": upto, "waited_seconds": waited}


def bounds(connection, source, after):
    """(least key to read, greatest key to read, seconds waited); (None, None, …) when there is nothing to read."""
    table, key = table_name(source["table"]), ident(source["key"])
    have = connection.columns(table)
    missing = [c for c in [source["key"], *source["columns"]] if c not in have]
    if missing:
        raise StageRefusal("source", f"{source['table']} has no column {', '.join(missing)}",
                           {"table": source["table"], "missing": missing, "known": sorted(have)})
    scope = f"({source['where']})" if source["where"] else "true"
    if not have[source["key"]] and connection.rows(f"select 1 from {table} where {scope} and {key} is null limit 1"):
        raise StageRefusal("source", f"{source['key']} of {source['table']} is null in some rows, so it cannot tell new rows "
                                     "from old ones", {"table": source["table"], "key": source["key"]})
    above = f" and {key} > {after}" if after is not None else ""
    upto = connection.rows(f"select max({key}) from {table} where {scope}{above}")[0][0]
    waited = wait_for_writers(connection, source, table)
    if upto is None:
        return None, None, waited
    if not re.fullmatch(r"-?\d+", upto):
        raise StageRefusal("source", f"{source['key']} of {source['table']} is not a whole number: {upto}",
                           {"table": source["table"], "key": source["key"], "value": upto})
    # Asked after the wait: the smallest key may have come from one of those transactions.
    low = connection.rows(f"select min({key}) from {table} where {scope}{above}")[0][0]
    return int(low), int(upto), waited


def wait_for_writers(connection, source, table):
    start = time.monotonic()
    name = literal(table)
    kind, standby = connection.rows(f"select relkind, pg_is_in_recovery() from pg_class where oid = {name}::regclass")[0]
    if kind in ("r", "p") and standby == "f":
        open_then = {r[0] for r in connection.rows(HOLDERS % name)}

        def still_open():
            return open_then and open_then & {r[0] for r in connection.rows(HOLDERS % name)}
    else:
        limit = int(connection.rows("select pg_snapshot_xmax(pg_current_snapshot())")[0][0])

        def still_open():
            least = int(connection.rows("select pg_snapshot_xmin(pg_current_snapshot())")[0][0])
            return {f"transactions {least} to {limit - 1}"} if least < limit else set()
    while found := still_open():
        if time.monotonic() - start > WAIT_SECONDS:
            raise StageRefusal("source", f"a transaction that writes to {source['table']} has been open for more than {WAIT_SECONDS} "
                                         "seconds: its rows could be missed, so nothing was loaded",
                               {"table": source["table"], "open": sorted(found), "waited_seconds": WAIT_SECONDS})
        time.sleep(0.25)
    return round(time.monotonic() - start, 3)


def ranges(low, upto, partitions):
    """Half-open predicates over the key that cover low..upto exactly once. One that is false for an empty load."""
    if upto is None:
        return ["false"]
    width = upto - low + 1
    parts = max(1, min(partitions, width))
    edges = [low + width * i // parts for i in range(parts + 1)]
    return [f"{KEY} >= {a} and {KEY} < {b}" for a, b in zip(edges, edges[1:])]


def view(spark, source, predicates):
    """Text is made by the database: a numeric without scale would come out of Spark with eighteen zeros. Empty text is
    unknown, as it is in a CSV file."""
    columns = ", ".join(f"nullif({ident(c)}::text, '') as {ident(c)}" for c in source["columns"])
    scope = f" where ({source['where']})" if source["where"] else ""
    query = f"(select {ident(source['key'])}::bigint as {KEY}, {columns} from {table_name(source['table'])}{scope}) as source_rows"
    properties = {**connection_properties(source), "driver": "org.postgresql.Driver", "fetchsize": FETCH}
    frame = spark.read.jdbc(source["url"], query, predicates=predicates, properties=properties)
    loaded = [F.col("`" + c.replace("`", "``") + "`") for c in source["columns"]]
    absent = [F.lit(None).cast("string").alias(c) for c in source["absent"]]
    return frame.select(*loaded, *absent, F.col(KEY), F.lit(source["table"]).alias("source_file"),
                        F.lit(source["layout"]).alias("layout"), F.lit(None).cast("string").alias("unparsed_line"))
