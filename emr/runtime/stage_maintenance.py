"""What runs leave behind in the lake: branches of runs given up, files that no snapshot names, old snapshots, exports.

In: `maintenance` of stage.json. Out: what was found in each table, and what of it was removed.
Never here: a snapshot that a branch or the newest history of main still needs; a table that is not named.
The caller holds the pipeline's lock, so no writer of ours is at work: a file that no snapshot names is left over.
"""

import time

from stage_places import files_at, is_object, object_key


class Maintenance:
    def __init__(self, spark, tables):
        self.spark = spark
        self.tables = tables

    def run(self, wanted):
        if wanted["remove"]:
            for directory in wanted["exports"]:
                self.remove_export(directory)
        return [self.table(name, wanted["retain"], wanted["remove"]) for name in wanted["tables"] if self.exists(name)]

    def remove_export(self, directory):
        """The manifest goes first: without it nobody takes what is left for an export."""
        files = files_at(directory, self.spark)
        for place in (directory + "/manifest.json", directory):
            files.remove_tree(files.path(place))

    def exists(self, name):
        return self.spark.catalog.tableExists(name)

    def table(self, name, retain, remove):
        iceberg = self.tables.load(name)
        branches = [str(r) for r in iceberg.refs().keySet().toArray() if str(r).startswith("run_")]
        if remove:
            for branch in branches:
                self.spark.sql(f"alter table {name} drop branch if exists `{branch}`")
        snapshots = self.expire(name, retain, remove)
        orphans = self.orphans(name, remove)
        return {"table": name, "branches": sorted(branches), "snapshots": snapshots, **orphans, "removed": remove}

    def expire(self, name, retain, remove):
        """Snapshots beyond the last `retain`."""
        catalog, namespace, table = self.tables.parts(name)
        count = self.spark.sql(f"select count(*) from {name}.snapshots").collect()[0][0]
        spare = max(0, count - retain)
        if remove and spare:
            self.spark.sql(f"call {catalog}.system.expire_snapshots(table => '{namespace}.{table}', "
                           f"older_than => timestamp '9999-01-01 00:00:00', retain_last => {int(retain)})")
        return spare

    def orphans(self, name, remove):
        """Files below the table's folder that no snapshot names: writes that were killed before their commit."""
        found = self.unnamed_data_files(name)
        if remove:
            actions = self.spark._jvm.org.apache.iceberg.spark.actions.SparkActions.get(self.spark._jsparkSession)
            action = actions.deleteOrphanFiles(self.tables.load(name)).olderThan(int(time.time() * 1000))
            found = sorted(str(path) for path in action.execute().orphanFileLocations())
        return {"orphan_files": len(found), "examples": found[:5]}

    def unnamed_data_files(self, name):
        """Read from the table's metadata and one listing of its data folder; the names are few, the rows stay unread."""
        named = {path_of(row[0]) for row in self.spark.sql(f"select file_path from {name}.all_files").collect()}
        folder = self.spark._jvm.org.apache.hadoop.fs.Path(self.tables.load(name).location() + "/data")
        system = folder.getFileSystem(self.spark._jsc.hadoopConfiguration())
        if not system.exists(folder):
            return []
        listed, files = [], system.listFiles(folder, True)
        while files.hasNext():
            listed.append(path_of(files.next().getPath().toString()))
        return sorted(path for path in listed if path not in named and not path.endswith(".crc"))


def path_of(text):
    """Iceberg and Hadoop write a local path with and without its scheme, and S3 by any of its three names."""
    if is_object(text):
        return "/".join(object_key(text))
    return text[len("file:"):] if text.startswith("file:") else text
