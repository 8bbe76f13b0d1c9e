"""The commands that move files: upload, config, download, watch."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from .. import outputs, storages
from ..download import RayvisionDownload
from .screen import FETCHING, SENDING


def upload(run):
    """Send the assets of upload.json files."""
    names = run.options.manifest
    session = run.session()
    run.screen.begin("upload", SENDING, source_of(names))
    report = session.upload(names, use_record=not run.options.no_record)
    if report.ok and not report.sent + report.skipped:
        run.screen.last_word("There is nothing to send: %s no assets." % (
            source_of(names) + (" lists" if len(names) == 1 else " list")))
    return report


def source_of(names):
    """Return what a list of manifests is called: "upload.json", "5 manifests"."""
    return os.path.basename(names[0]) if len(names) == 1 else "%d manifests" % len(names)


def config(run):
    """Send the configuration files of a task."""
    session = run.session()
    run.screen.begin("config", SENDING, "configuration")
    return session.upload_config(run.options.task_id, run.options.path)


def download(run):
    """Fetch what tasks have put out so far."""
    options = run.options
    door = _door(run)
    run.screen.begin("download", FETCHING, folder=_folder(run))
    door.download(options.task_id or None, print_log=False, download_filename_format=style(options),
                  local_path=options.local_path, server_path=options.server_path)
    return door.report


def watch(run):
    """Fetch every frame as soon as it is rendered."""
    options = run.options
    door = _door(run)
    run.screen.begin("watch", FETCHING, watching=True, folder=_folder(run))
    follow = door.auto_download_after_task_completed if options.after_completed else door.auto_download
    follow(options.task_id, print_log=False, sleep_time=_interval(run),
           download_filename_format=style(options), local_path=options.local_path)
    return door.report


def _interval(run):
    """Return the seconds between two looks: a farm on this machine is nobody else's."""
    if run.options.interval is not None:
        return run.options.interval
    return 1.0 if storages.is_loopback(storages.domain_of(run.session().api)) else 10.0


def _folder(run):
    return outputs.folder_for(run.options.local_path, run.session().settings)


def style(options):
    """Return the documented ``download_filename_format`` of ``--flat``."""
    return "false" if options.flat else "true"


def _door(run):
    session = run.session()
    return RayvisionDownload(session.api, settings=session.settings, listener=run.hear, cancel=run.cancel)
