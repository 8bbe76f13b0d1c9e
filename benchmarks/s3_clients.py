"""The contenders of benchmarks/s3.py: how each one moves a folder to or from a bucket.

Programs are command lines; libraries and ours are children of this file:

    python3 s3_clients.py NAME JSON

A child prints nothing; what it costs, its parent measures.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import sys
from collections import namedtuple

#: One run: the folder with the files, the store's place, how many connections, and a folder of its own.
Run = namedtuple("Run", "source endpoint bucket prefix connections work access_key secret_key region")

#: What a program is started with: arguments, and more environment variables.
Command = namedtuple("Command", "arguments environ")


def _aws(run):
    return {"AWS_ACCESS_KEY_ID": run.access_key, "AWS_SECRET_ACCESS_KEY": run.secret_key, "AWS_REGION": run.region,
            "AWS_DEFAULT_REGION": run.region, "AWS_ENDPOINT_URL_S3": run.endpoint, "AWS_ACCOUNT_ID": "000000000000",
            "AWS_EC2_METADATA_DISABLED": "true", "HOME": run.work, "AWS_CONFIG_FILE": os.devnull}


def _s5cmd(programs, run, connections, arguments):
    part = ["--concurrency", "%d" % max(1, connections // 4)] if arguments[0] == "cp" else []
    return Command([programs["s5cmd"], "--log", "error", "--endpoint-url", run.endpoint, "--numworkers",
                    "%d" % connections] + arguments[:1] + part + arguments[1:], _aws(run))


def _place(run):
    return "s3://%s/%s/" % (run.bucket, run.prefix)


def s5cmd_up(programs, run):
    """Return the command that uploads everything."""
    return _s5cmd(programs, run, run.connections, ["cp", run.source + "/", _place(run)])


def s5cmd_large_up(programs, run):
    """Return the same for few large files: four at a time, in parts, with as many connections in all."""
    return _large(s5cmd_up(programs, run))


def s5cmd_down(programs, run):
    """Return the command that downloads everything."""
    return _s5cmd(programs, run, run.connections, ["cp", _place(run) + "*", run.work + "/"])


def s5cmd_large_down(programs, run):
    """Return the same for few large files."""
    return _large(s5cmd_down(programs, run))


def _large(command):
    arguments = list(command.arguments)
    arguments[arguments.index("--numworkers") + 1] = "4"
    return command._replace(arguments=arguments)


def s5cmd_sync(programs, run):
    """Return the command that finds out that there is nothing to do."""
    return _s5cmd(programs, run, run.connections, ["sync", run.source + "/", _place(run)])


def rclone_up(programs, run):
    """Return the command that uploads everything, or finds nothing to do."""
    options = {"type": "s3", "provider": "Other", "endpoint": run.endpoint, "access_key_id": run.access_key,
               "secret_access_key": run.secret_key, "region": run.region, "force_path_style": "true"}
    environ = {"RCLONE_CONFIG_STORE_" + name.upper(): value for name, value in options.items()}
    return Command([programs["rclone"], "copy", "--config", os.devnull, "--transfers", "%d" % run.connections,
                    "--checkers", "%d" % run.connections, run.source,
                    "store:%s/%s" % (run.bucket, run.prefix)], dict(environ, HOME=run.work))


def _child(name):
    def command(programs, run):
        paths = [programs["site"]] if name.startswith("ours") else []
        environ = dict(_aws(run), PYTHONPATH=os.pathsep.join(paths), RAYVISION_SYNC_HOME=os.path.join(run.work, "home"))
        return Command([programs["python"], os.path.abspath(__file__), name, json.dumps(run._asdict())], environ)
    command.__doc__ = "Return the command that runs %s as a child." % name
    return command


# ---------------------------------------------------------------- children

def _files(folder):
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            yield path, os.path.relpath(path, folder).replace(os.sep, "/")


def _ours(run, threads):
    """Upload; with a record in the run's folder, so that a second time there is nothing to do."""
    from rayvision_sync import cancel, compat, manifest, progress, record, stream, throttle, transfer
    gear = stream.Gear(cancel.Cancel(), throttle.Throttle(), progress.Progress())
    engine = open_engine(run, gear.cancel)
    with record.Record(compat.text(os.path.join(run.work, "record.sqlite"))) as rows:
        report = transfer.Upload(engine, gear, rows, threads).run(
            lambda: manifest.read_assets(os.path.join(run.source + ".json")))
    engine.close()
    assert report.ok, report


def open_engine(run, switch):
    """Return our engine for a run, open; the Cancel ends what waits for the network."""
    from rayvision_sync.engines import make_engine
    engine = make_engine("s3", {"endpoint": run.endpoint, "bucket": run.bucket, "prefix": run.prefix,
                                "access_key": run.access_key, "secret_key": run.secret_key, "region": run.region})
    engine.open(switch)
    return engine


def _ours_down(run):
    from rayvision_sync import cancel, compat, fetch, progress, record, stream, throttle
    gear = stream.Gear(cancel.Cancel(), throttle.Throttle(), progress.Progress())
    engine, folder = open_engine(run, gear.cancel), compat.text(os.path.join(run.work, "landed"))
    os.makedirs(folder)
    with record.Record(compat.text(os.path.join(run.work, "record.sqlite"))) as rows:
        report = fetch.Download(engine, gear, rows, run.connections).run(
            fetch.Wanted(stored, folder, stored.name.lstrip("/")) for stored in engine.list("/"))
    engine.close()
    assert report.ok, report


def _ours_verify(run):
    """List the store and compare each file's size and time with it, as an upload without a record does."""
    from rayvision_sync import cancel, manifest, progress, stream, throttle, transfer
    gear = stream.Gear(cancel.Cancel(), throttle.Throttle(), progress.Progress())
    engine = open_engine(run, gear.cancel)
    report = transfer.Upload(engine, gear, None, run.connections).run(
        lambda: manifest.read_assets(os.path.join(run.source + ".json")))
    engine.close()
    assert report.ok and not report.sent, report


def _ours_cancel(run):
    """Cancel in the middle; write how long that took."""
    import threading
    import time

    from rayvision_sync import cancel, errors, manifest, progress, record, stream, throttle, transfer
    switch, asked, counted = cancel.Cancel(), [], []
    with open(run.source + ".json") as source:
        middle = len(json.load(source)["asset"]) // 5

    def listen(event):
        if event.kind == "done":
            counted.append(1)
            if len(counted) == middle:
                threading.Thread(target=stop).start()

    def stop():
        asked.append(time.monotonic())
        switch.cancel()
    gear = stream.Gear(switch, throttle.Throttle(), progress.Progress(listen))
    engine = open_engine(run, switch)
    with record.Record(os.path.join(run.work, "record.sqlite")) as rows:
        try:
            transfer.Upload(engine, gear, rows, run.connections).run(
                lambda: manifest.read_assets(os.path.join(run.source + ".json")))
        except errors.Cancelled:
            pass
    engine.close()
    with open(os.path.join(run.work, "cancel.json"), "w") as out:
        json.dump({"seconds": time.monotonic() - asked[0], "sent": len(counted)}, out)


def _boto3_up(run):
    import boto3
    from boto3.s3.transfer import TransferConfig
    from botocore.config import Config
    from s3transfer.manager import TransferManager
    client = boto3.client("s3", config=Config(max_pool_connections=run.connections))
    config = TransferConfig(max_concurrency=run.connections)
    with TransferManager(client, config) as manager:
        for future in [manager.upload(path, run.bucket, run.prefix + "/" + name)
                       for path, name in _files(run.source)]:
            future.result()


def _attachments(run, **options):
    from deadline.job_attachments.models import JobAttachmentS3Settings
    from deadline.job_attachments.upload import S3AssetManager
    manager = S3AssetManager("farm-1", "queue-1", JobAttachmentS3Settings(run.bucket, run.prefix), **options)
    group = manager.prepare_paths_for_upload([path for path, _ in _files(run.source)], [], [])
    _, manifests = manager.hash_assets_and_create_manifest(
        group.asset_groups, group.total_input_files, group.total_input_bytes, run.work)
    manager.upload_assets(manifests, s3_check_cache_dir=run.work)


CHILDREN = {
    "ours": lambda run: _ours(run, run.connections),
    "ours auto": lambda run: _ours(run, None),
    "ours down": _ours_down,
    "ours verify": _ours_verify,
    "ours cancel": _ours_cancel,
    "boto3": _boto3_up,
    "attachments": _attachments,
    # Fifty files at a time: workers are connections by the multiplier.
    "attachments 50": lambda run: _attachments(run, s3_max_pool_connections=50, small_file_threshold_multiplier=1),
}

ours_up, ours_auto, ours_down, ours_verify, ours_cancel, boto3_up, attachments, attachments_50 = (
    _child(name) for name in CHILDREN)


if __name__ == "__main__":
    CHILDREN[sys.argv[1]](Run(**json.loads(sys.argv[2])))
