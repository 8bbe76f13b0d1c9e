"""The commands that move files: upload, config, download, watch."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from .. import follow, outputs, storages
from ..download import RayvisionDownload
from ..watch import parse_poll
from .screen import FETCHING, SENDING


def upload(run):
    """Send the assets of upload.json files."""
    names = run.options.manifest
    session = run.session()
    run.screen.begin("upload", SENDING, source_of(names))
    report = session.upload(names, use_record=not run.options.no_record)
    if report.ok and not report.sent + report.skipped:
        run.screen.say("There is nothing to send: %s no assets." % (
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
    if run.is_farmless:
        return _follow(run)
    door = _door(run)
    run.screen.begin("watch", FETCHING, watching=True, folder=_folder(run))
    follow = door.auto_download_after_task_completed if options.after_completed else door.auto_download
    follow(options.task_id, print_log=False, sleep_time=_interval(run),
           download_filename_format=style(options), local_path=options.local_path)
    return door.report


def _follow(run):
    """Fetch what comes to folders of a storage without a farm."""
    options, session = run.options, run.session()
    names = outputs.server_names(options.server_path)
    how = follow.Options(_folder(run), not options.flat, parse_poll(_interval(run)), options.until_idle)
    run.screen.begin("watch", FETCHING, watching=True, folder=how.folder)
    run.screen.say("Looking for new files every %s, until %s." % (
        "%d seconds" % how.poll_s if how.poll_s >= 2 else "second",
        "Ctrl-C" if how.idle_s is None else "none has come for %d s" % how.idle_s))
    return follow.Follow(session, names, how).run()


def _interval(run):
    """Return the seconds between two looks: a farm on this machine is nobody else's."""
    if run.options.interval is not None:
        return run.options.interval
    session = run.session()
    is_near = storages.is_near(session.settings) if session.api is None else (
        storages.is_loopback(storages.domain_of(session.api)))
    return 1.0 if is_near else 10.0


def _folder(run):
    return outputs.folder_for(run.options.local_path, run.session().settings)


def style(options):
    """Return the documented ``download_filename_format`` of ``--flat``."""
    return "false" if options.flat else "true"


def _door(run):
    session = run.session()
    return RayvisionDownload(session.api, settings=session.settings, listener=run.hear, cancel=run.cancel)
